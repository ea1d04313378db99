import { CHECK_NAME } from "../../github/checks.ts";
import type { Head } from "../../store/heads.ts";
import type { LeasedWork } from "../../store/work.ts";
import { withdrawRun, type SupersedeCalls, type SupersedeServices } from "../publish/check-run.ts";
import { enqueue, type EnqueueServices, type UsesStore } from "../services.ts";
import type { Target } from "../target.ts";

/** What `leaveHead` needs. */
export type LeaveHeadServices = SupersedeServices & EnqueueServices & UsesStore<"findGreenRuns" | "otherPullsWithHead">;

/**
 * Withdraws what the work's runs on a head and check allow that it has no longer: the commit may become its head again, and
 * then nothing may merge by what was judged before. Pull requests that share both are judged again where their check
 * shows what this one gave, or where the newest run is one that is withdrawn. `merged`: what was allowed has happened.
 */
export async function leaveHead(
  services: LeaveHeadServices,
  github: SupersedeCalls,
  work: Pick<LeasedWork, "key" | "subject">,
  { head, check = CHECK_NAME }: Head,
  merged = false,
): Promise<void> {
  const { installation, repository } = work.subject;
  const green = merged ? [] : await services.store.findGreenRuns(work.key, head);
  for (const other of await services.store.otherPullsWithHead(repository.id, head, check, work.key)) {
    if (other.pull === undefined || other.conclusion === undefined) continue;
    if (green.length === 0 && other.published === other.conclusion) continue;
    await enqueue(services, { kind: "pull", installation, repository, number: other.pull }, true);
  }
  const place = { owner: repository.owner, repo: repository.name };
  for (const run of green) await withdrawRun(services, github, place, run);
}

/** What `startHead` needs. */
export type StartHeadServices = LeaveHeadServices & UsesStore<"findHead" | "recordPendingHead">;

/** Resets what is stored for this work to its new head and check, and leaves the old ones. */
export async function startHead(
  services: StartHeadServices,
  github: SupersedeCalls,
  work: Pick<LeasedWork, "key" | "subject">,
  target: Target,
  check: string,
): Promise<void> {
  const old = await services.store.findHead(work.key);
  // Stored only afterwards: an attempt that ends here leaves the old head again.
  if (old !== undefined && (old.head !== target.head || old.check !== check))
    await leaveHead(services, github, work, old);
  await services.store.recordPendingHead({
    work: work.key,
    repository: target.repository.id,
    head: target.head,
    check,
    ...(target.pull === undefined ? {} : { pull: target.pull.number }),
  });
}
