/** The step at which a problem occurred. */
export type Stage = "config" | "read" | "parse" | "render" | "compile" | "evaluate";

/** Something that could not be judged: unreadable, unrenderable, uncompilable, timed out. Never a pass. */
export interface Problem {
  readonly stage: Stage;
  readonly path?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
  /** One sentence that says what was wrong and what was expected. */
  readonly message: string;
  /** The GitOps object whose source could not be rendered. A report names it in the message. */
  readonly source?: string;
}
