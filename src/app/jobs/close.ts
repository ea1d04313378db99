import type { Octokit } from "octokit";
import { forgetHead } from "../../store/heads.ts";
import type { Leased } from "../../store/work.ts";
import { cancelRun, knownRuns } from "../publish/check-run.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { Services } from "../services.ts";
import { reconsider } from "./shared-heads.ts";

/** A closed pull request: ends the run that may be open, and takes its verdict out of those that others share. */
export async function closeSubject(services: Services, octokit: Octokit, work: Leased): Promise<JobOutcome> {
  const place = { owner: work.subject.repository.owner, repo: work.subject.repository.name };
  const { open } = await knownRuns(services, work.key);
  for (const run of open) await cancelRun(services, octokit, place, run);
  const head = await forgetHead(services.database, work.key);
  if (head !== undefined) await reconsider(services, work, head);
  return { kind: "closed" };
}
