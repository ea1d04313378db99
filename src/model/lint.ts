/** The rules of `portcullis lint`, by id: what each finds. */
export const lintRules = {
  "deprecated-builtin": "a builtin that OPA is going to remove",
  format: "a file that is not laid out as `portcullis fmt` does",
  "id-path": "an id that is not the path of the policy's directory",
  ignore: "a comment that ignores an unknown rule, gives no reason, or ignores nothing",
  metadata: "a policy without title, description, id, level or related_resources",
  "metadata-key": "a key of METADATA that nothing reads, such as one that is misspelt",
  "other-input": "a rule that reads another input than policies get, such as input.review, and so never fires",
  "parameter-schema": "a parameter that the policy reads and METADATA does not describe",
  "rejected-fixture": "a rule that no rejected fixture makes fire",
  "silent-message":
    "a message that reads a field which no condition reads: where it is missing, the rule finds nothing",
  "strict-mode": "what OPA's strict mode refuses besides",
  "unbounded-walk": "a walk over the whole input or all data",
  "unknown-data": "data that neither a data file nor a rule provides",
  "unknown-field": "a field that no manifest of the kind has, by the schemas of Kubernetes",
  "unused-import": "an import that nothing uses",
  "unused-variable": "a variable or argument that nothing uses",
  "v0-syntax": "a file in the syntax of Rego v0",
} as const;

/** The rules whose issues block a change of policies, unless the configuration names others: what is certainly a mistake. */
export const blockingLintRules: readonly LintRule[] = ["ignore", "metadata-key", "unknown-field"];

export type LintRule = keyof typeof lintRules;

/** One thing that a rule of the linter says about a line. */
export interface LintIssue {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly rule: LintRule;
  readonly message: string;
}

/** The outcome of a run of the linter. */
export interface LintRun {
  /** Sorted by path and line; without those that are ignored. */
  readonly issues: readonly LintIssue[];
  /** The files that could not be linted in full, and why, each as one line. */
  readonly problems: readonly string[];
  readonly files: number;
  /** Files that `--fix` rewrote. */
  readonly fixed: readonly string[];
  /** Rules of which `--fix` mends some of `issues`. */
  readonly fixable: number;
}
