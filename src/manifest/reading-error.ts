/** Carries trouble with one document from the depth of the reader to its edge, where it becomes a problem. */
export class ReadingError extends Error {
  /** Offset in the document's text, in UTF-16 units. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = "ReadingError";
    this.offset = offset;
  }
}
