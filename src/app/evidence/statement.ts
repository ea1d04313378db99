import type { AuditEvent, AuditRow, PublishedVerdict } from "../../model/audit.ts";
import { EVIDENCE_FIELD, PREDICATE_TYPE, type Resource, type Statement } from "../../model/evidence.ts";

/** What a statement is about. */
export interface MergedCommit {
  /** Its address without `.git`: `https://github.com/acme/shop`. */
  readonly repositoryUrl: string;
  readonly commit: string;
  readonly tree: string;
  readonly branch: string;
  readonly pull: number;
}

/** What is known about it from the audit log. */
export interface Recorded {
  /** The verdict about exactly this tree; absent: there is none. */
  readonly verdict?: AuditRow;
  /** The overrides of the pull request, in order. */
  readonly overrides: readonly AuditRow[];
}

/** The level of a passed check, as `verifiedLevels` names it; SLSA reserves names of its own. */
function levelOf({ mode, verdict }: PublishedVerdict): string {
  if (mode === "report") return "PORTCULLIS_REPORT_ONLY";
  return verdict === "pass" || verdict === "warn" ? "PORTCULLIS_PASSED" : "PORTCULLIS_OVERRIDDEN";
}

/** The statement about a merged commit. `verifier`: the address of this server. */
export function statementOf(
  merged: MergedCommit,
  { verdict: row, overrides }: Recorded,
  verifier: { readonly id: string; readonly version: string; readonly now: string },
): Statement {
  const verdict = row === undefined ? undefined : (JSON.parse(row.body) as PublishedVerdict);
  const passed = verdict?.conclusion === "success";
  const { repositoryUrl, commit, tree, branch, pull } = merged;
  const details = row === undefined || verdict === undefined ? {} : judged(row, verdict);
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      {
        name: `${repositoryUrl}/commit/${commit}`,
        digest: { gitCommit: commit },
        annotations: { sourceRefs: [`refs/heads/${branch}`] },
      },
      { name: `${repositoryUrl}/tree/${tree}`, digest: { gitTree: tree } },
    ],
    predicateType: PREDICATE_TYPE,
    predicate: {
      verifier: { id: verifier.id, version: { portcullis: verifier.version } },
      timeVerified: verdict?.judgedAt ?? row?.time ?? verifier.now,
      resourceUri: `git+${repositoryUrl}`,
      policy: {
        uri: `git+${repositoryUrl}#portcullis.yaml`,
        ...(verdict === undefined ? {} : { digest: { sha256: verdict.policies } }),
      },
      verificationResult: passed ? "PASSED" : "FAILED",
      verifiedLevels: [passed ? levelOf(verdict) : "FAILED"],
      [EVIDENCE_FIELD]: {
        verdict: verdict === undefined ? "not judged" : (verdict.verdict ?? "error"),
        pull,
        branch,
        tree,
        ...details,
        remotes: (verdict?.remotes ?? []).map(({ reference, digest }) => ({
          name: reference,
          digest: digestSet(digest),
        })),
        waivers: verdict?.waivers ?? [],
        approvals: (verdict?.approvals ?? []).map(({ by, what }) => ({ by, what, head: verdict?.head ?? "" })),
        overrides: overridesOf(overrides, verdict?.head),
      },
    },
  };
}

function judged({ sequence, hash }: AuditRow, verdict: PublishedVerdict) {
  const { head, base, check, run, mode, how, judgedAt, counts, denied } = verdict;
  return {
    head,
    base,
    check: { name: check, run },
    ...(mode === undefined ? {} : { mode }),
    ...(how === undefined ? {} : { how }),
    ...(judgedAt === undefined ? {} : { judgedAt }),
    ...(counts === undefined ? {} : { counts }),
    ...(denied === undefined ? {} : { denied }),
    audit: { sequence, hash },
  };
}

/** A digest as in-toto writes it: of content, or the commit of a repository. */
function digestSet(digest: string): NonNullable<Resource["digest"]> {
  const [, algorithm, value] = /^([a-z0-9]+):([0-9a-f]+)$/.exec(digest) ?? [];
  return algorithm === undefined || value === undefined ? { gitCommit: digest } : { [algorithm]: value };
}

type Body<Kind extends AuditEvent["kind"]> = Extract<AuditEvent, { readonly kind: Kind }>["body"];

function overridesOf(overrides: readonly AuditRow[], head: string | undefined) {
  return overrides.flatMap(({ body }) => {
    const { state, by, reason, head: at } = JSON.parse(body) as Body<"override">;
    return state === "granted" && at === head ? [{ by, reason }] : [];
  });
}
