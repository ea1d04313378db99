/** What `portcullis doctor` found out about one thing. */
export interface Diagnosis {
  /** `area/name`, the same for the same trouble: what scripts compare. */
  readonly code: string;
  /** `unknown`: it could not be told. Only a failure makes the command fail. */
  readonly state: "ok" | "warning" | "failure" | "unknown";
  /** What was found, in one line. May hold text from outside. */
  readonly found: string;
  /** What to do about it, in one line. */
  readonly next?: string;
}

/** The diagnoses of one area, or of one repository in it. */
export interface DiagnosisGroup {
  readonly area: string;
  /** The heading for people. May hold text from outside. */
  readonly title: string;
  /** `owner/name`, where the group is about one repository. */
  readonly repository?: string;
  readonly diagnoses: readonly Diagnosis[];
}
