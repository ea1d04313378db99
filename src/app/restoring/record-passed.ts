import { isGated } from "../../gate/gated-branches.ts";
import { failureOf } from "../../github/failure.ts";
import type { PullRequest } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { AuditRow, PublishedVerdict } from "../../model/audit.ts";
import { gatesOf } from "../publish/check-name.ts";
import type { UsesStore } from "../services.ts";

/** What `recordPassed` needs. */
export type RecordPassedServices = UsesStore<
  "findRepository" | "findVerdictOfTree" | "recordLetThrough" | "recordPassed"
>;
export type RecordPassedCalls = Pick<RepositoryClient, "readTreeId">;

/**
 * Stores the commit that a pull request was merged as among the states of its gated branch that passed. It is one only if
 * the newest verdict about its very tree is a pass: a merge onto a base that moved, past a failed check, or by an override
 * leaves a state that nobody may count on. What such a merge brought is stored as well: no later state is to have had it.
 * `work` is the key of the pull request's work.
 */
export async function recordPassed(
  { store }: RecordPassedServices,
  github: RecordPassedCalls,
  { mergeCommit: commit, mergedAt, baseRef, below: branch = baseRef, number, repository: of }: PullRequest,
  work: string,
): Promise<void> {
  if (commit === undefined || mergedAt === undefined) return;
  const repository = await store.findRepository(of.id);
  if (repository === undefined || !repository.enrolled) return;
  if (!isGated(branch, repository.defaultBranch, gatesOf(repository) ?? [])) return;
  await store.recordLetThrough({ repository: of.id, branch, commit, work });
  try {
    const tree = await github.readTreeId({ owner: of.owner, repo: of.name }, commit);
    const verdict = passedBy(await store.findVerdictOfTree(of.id, tree, branch));
    if (verdict === undefined) return;
    await store.recordPassed({ repository: of.id, branch, commit, tree, pull: number, mergedAt, job: verdict.job });
  } catch (error) {
    const failure = failureOf(error);
    // Nobody can restore what GitHub does not show.
    if (failure?.kind !== "gone" && failure?.kind !== "refused") throw error;
  }
}

/**
 * The verdict if it is a pass on which others may rely: by rules that block, and by nobody's override. An overridden
 * check succeeds with a verdict that fails.
 */
function passedBy(row: AuditRow | undefined): PublishedVerdict | undefined {
  if (row === undefined) return undefined;
  const verdict = JSON.parse(row.body) as PublishedVerdict;
  const passes = verdict.verdict === "pass" || verdict.verdict === "warn";
  return verdict.conclusion === "success" && passes && verdict.mode === "enforce" ? verdict : undefined;
}
