/** The line that declares a source. */
export interface Entry {
  readonly path: string;
  readonly line: number;
}
