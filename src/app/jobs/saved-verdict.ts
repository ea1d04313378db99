import type { Body } from "../publish/check-body.ts";
import type { Repository } from "../../store/repositories.ts";
import type { Run, SavedVerdict } from "../../store/runs.ts";
import { workKey, type LeasedWork } from "../../store/work.ts";
import type { Services, UsesStore } from "../services.ts";
import { isByRulesInForce } from "./by-rules-in-force.ts";
import type { TargetJudgement } from "./judge-target.ts";

/** The judgement of a target that was judged. */
export type JudgedTarget = Extract<TargetJudgement, { readonly kind: "judged" }>;

/** What is kept of a judgement that could not be published yet. */
export function savedVerdict(work: Pick<LeasedWork, "wanted">, judgement: JudgedTarget): SavedVerdict {
  const { body, check, base, policies, tree, validUntil, findings } = judgement;
  return {
    wanted: work.wanted,
    body,
    check,
    base,
    policies,
    ...(tree === undefined ? {} : { tree }),
    ...(validUntil === undefined ? {} : { validUntil }),
    comments: findings !== undefined && findings.comments !== "off",
  };
}

/**
 * The judgement that was kept with a run; undefined if there is none, if other rules are in force or were pushed, or if an
 * event came since.
 */
export async function findSavedVerdict(
  services: UsesStore<"isWaiting"> & Pick<Services, "now">,
  work: Pick<LeasedWork, "subject" | "wanted">,
  repository: Pick<Repository, "enrolled" | "policies">,
  { verdict }: Pick<Run, "verdict">,
): Promise<{ readonly judgement: JudgedTarget; readonly comments: boolean } | undefined> {
  if (verdict === undefined || verdict.wanted !== work.wanted) return undefined;
  if (!isByRulesInForce(verdict.policies, repository)) return undefined;
  const { installation, repository: named } = work.subject;
  if (await services.store.isWaiting(workKey({ kind: "rules", installation, repository: named }))) return undefined;
  const { body, check, base, policies, tree, validUntil, comments } = verdict;
  if (validUntil !== undefined && Date.parse(validUntil) <= services.now().getTime()) return undefined;
  // Stored by `savedVerdict`.
  const until = validUntil === undefined ? {} : { validUntil };
  const judged = { kind: "judged", body: body as Body, check, base, policies, ...until } as const;
  return { judgement: tree === undefined ? judged : { ...judged, tree }, comments };
}
