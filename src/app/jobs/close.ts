import type { Octokit } from "octokit";
import { forgetHead } from "../../store/heads.ts";
import type { Leased } from "../../store/work.ts";
import { cancelRun, knownRuns } from "../publish/check-run.ts";
import type { Outcome } from "./outcome.ts";
import type { Parts } from "../services.ts";
import { reconsider } from "./shared-heads.ts";

/** A closed pull request: ends the run that may be open, and takes its verdict out of those that others share. */
export async function closeSubject(parts: Parts, octokit: Octokit, work: Leased): Promise<Outcome> {
  const place = { owner: work.subject.repository.owner, repo: work.subject.repository.name };
  const { open } = await knownRuns(parts, work.key);
  for (const run of open) await cancelRun(parts, octokit, place, run);
  const head = await forgetHead(parts.database, work.key);
  if (head !== undefined) await reconsider(parts, work, head);
  return { kind: "closed" };
}
