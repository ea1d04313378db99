import type { ExplainedRule } from "./explanation.ts";

/** What a policy did with one manifest. */
export interface TracedManifest {
  /** The manifest, with its file and line. */
  readonly subject: string;
  readonly rules: readonly ExplainedRule[];
  /** What the policy printed about it. */
  readonly printed: readonly { readonly at: string; readonly text: string }[];
}

/** What a policy did with the manifests that it was asked about. */
export interface TracedPolicy {
  readonly policy: string;
  readonly manifests: readonly TracedManifest[];
  /** The manifests that it was asked about and that are not among these. */
  readonly left: number;
  /** Why its rules are not traced. */
  readonly untraced?: string;
}
