/** The line that declares a source. */
export interface Entry {
  readonly path: string;
  readonly line: number;
}

/** The place of a value, such as the version that a source asks for. */
export interface EntryPlace extends Entry {
  readonly column: number;
}
