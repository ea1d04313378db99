/**
 * Thrown where a mirror cannot be written, or lacks what was fetched into it: files that a crash or a disk damaged, or a disk
 * that is full. It says nothing about the repository: no verdict may rest on it.
 */
export class MirrorDamaged extends Error {
  override readonly name = "MirrorDamaged";
  /** Of the mirror. */
  readonly directory: string;

  constructor(directory: string, what: string) {
    // It is shown in the check, to people whom our directories do not concern.
    super(what.replaceAll(directory, "the mirror"));
    this.directory = directory;
  }
}
