import type { Finding, ManifestName, ReportedProblem } from "./finding.ts";
import type { Restores } from "./restores.ts";
import type { Tally } from "./tally.ts";
import type { Gap, Source, UsedRemote } from "./source.ts";
import type { ReportedWaiver, UsedWaiver } from "./waiver.ts";

/** The result of a check: `pass` and `warn` do not block, `fail` and `error` do. */
export type Verdict = "pass" | "warn" | "fail" | "error";

export interface Counts {
  readonly manifests: number;
  /** Documents that `documents:` has judged; absent where there are none. */
  readonly documents?: number;
  readonly sources: number;
  /** Without those that a waiver covers, as `existing`. */
  readonly introduced: number;
  readonly existing: number;
  readonly fixed: number;
  /** Findings, problems and gaps that a waiver covers. */
  readonly waived: number;
  /** Results that a Rego `exception` rule excused. */
  readonly excepted?: number;
  /** Without those that a waiver covers, as for gaps. */
  readonly problems: number;
  readonly gaps: number;
}

export interface CheckedFile {
  readonly path: string;
  /** Those whose own text is in the file. */
  readonly manifests: number;
  /** Documents of the file that `documents:` has judged; absent where there are none. */
  readonly documents?: number;
  /** The sources that read the file and were rendered, so that it was judged through them and not by itself. */
  readonly sources?: readonly string[];
  /** Documents of the file that hold no Kubernetes object, and objects that nothing applies. */
  readonly skipped?: readonly { readonly line: number; readonly reason: string }[];
}

/** The number of manifests that the change touches, by kind of change. */
export interface ChangeCounts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly moved: number;
}

/** A file, or a document of one, that is not judged, with the reason. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
  /** It is the configuration that judged: no wonder that it holds no manifest. */
  readonly configuration?: true;
  /** The change brings or alters this file, and manifests come of it that were not judged: people must look instead. */
  readonly touched?: true;
}

/** A source other than a plain file, with its number of manifests. `gap` says what was not rendered and why. */
export interface ReportedSource extends Pick<Source, "id" | "kind" | "path" | "line" | "environments"> {
  readonly manifests: number;
  readonly gap?: string;
}

/** A source or a part of one that was not judged; `touched`: the change alters what it reads. */
export interface ReportedGap extends Omit<Gap, "inputs" | "unpermitted"> {
  readonly touched?: true;
  /** The policy of the finding that says the same. */
  readonly policy?: string;
  /** With it the gap does not block. */
  readonly waiver?: UsedWaiver;
}

/** The change of one object, in all environments where it is the same. */
export interface ManifestChange {
  readonly kind: "created" | "updated" | "deleted";
  readonly manifest: ManifestName;
  readonly sources: readonly string[];
  readonly environments: readonly string[];
  /** A deleted object that its GitOps controller deletes from the cluster too (true) or leaves there (false); absent: unknown. */
  readonly pruned?: boolean;
  /** Of a deleted object. */
  readonly finalizers?: readonly string[];
  /** The difference as text, where it was asked for. */
  readonly diff?: string;
}

/** Another version of something that a server has, and what comes of it; the same of several sources is told once. */
export interface RemoteChange {
  /** As people write it, without a version: `podinfo of https://charts.example.com`. */
  readonly name: string;
  /** Absent: it is new. */
  readonly before?: string;
  /** Absent: it is gone. */
  readonly after?: string;
  readonly sources: readonly string[];
  readonly objects: Pick<ChangeCounts, "created" | "updated" | "deleted">;
  /** Images that the sources run in another version. */
  readonly images: readonly { readonly before: string; readonly after: string }[];
}

/** The trees that were judged, as the report shows them. */
export interface JudgedTrees {
  readonly after: string;
  readonly before?: string;
  /** How `after` came about, e.g. `test merge`, `head against merge base`, `merge group`, `directory`. */
  readonly how: string;
}

/** The result of one check, as plain data. Schema: schema/report.schema.json. */
export interface Report {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  readonly checked: readonly CheckedFile[];
  readonly skipped: readonly Skipped[];
  /** Sorted by id. */
  readonly sources: readonly ReportedSource[];
  readonly gaps: readonly ReportedGap[];
  /** Waivers that cover something or that the change touches, by path and line; absent where there are none. */
  readonly waivers?: readonly ReportedWaiver[];
  /** What was fetched from servers and rendered, for both trees; absent where nothing was. */
  readonly remotes?: readonly UsedRemote[];
  /** What the change has fetched in another version; absent where that is nothing. */
  readonly remoteChanges?: readonly RemoteChange[];
  /** The job's time (RFC 3339), the one value that policies saw as now. */
  readonly now: string;
  readonly judged: JudgedTrees;
  /** The state that passed once and that the change restores; absent where it restores none. */
  readonly restores?: Restores;
  /** Digest of policies, data, toolchain and options. */
  readonly policies: { readonly digest: string; readonly count: number };
  /** In mode `report` the verdict is never `fail`: what would have blocked is shown and warns. `error` stays. */
  readonly mode: "enforce" | "report";
  /** What conftest counts; present where files were judged as it does. */
  readonly tally?: Tally;
  /** Present where a change was judged. */
  readonly changes?: ChangeCounts;
  /** What the change does to each object; absent where it touches none. */
  readonly manifestChanges?: readonly ManifestChange[];
  /** Kinds (`group/Kind`) without a schema, so that their manifests were not validated against one. */
  readonly unknownKinds?: readonly { readonly kind: string; readonly manifests: number }[];
}
