import type { LeasedWork } from "../../store/work.ts";
import { findKnownRuns, supersedeRun, type SupersedeCalls, type SupersedeServices } from "../publish/check-run.ts";
import type { JobOutcome } from "./job-outcome.ts";
import type { UsesStore } from "../services.ts";
import { rejudgeSharedHead, type SharedHeadServices } from "./shared-heads.ts";

/** What `closeSubject` needs. */
export type CloseServices = SupersedeServices & SharedHeadServices & UsesStore<"findRuns" | "deleteHead">;

/** Handles a closed pull request: ends its open check run and judges again the pull requests that share its head. */
export async function closeSubject(
  services: CloseServices,
  github: SupersedeCalls,
  work: Pick<LeasedWork, "key" | "subject">,
): Promise<JobOutcome> {
  const place = { owner: work.subject.repository.owner, repo: work.subject.repository.name };
  const { open } = await findKnownRuns(services, work.key);
  for (const run of open) await supersedeRun(services, github, place, run);
  const head = await services.store.deleteHead(work.key);
  if (head !== undefined) await rejudgeSharedHead(services, work, head);
  return { kind: "closed" };
}
