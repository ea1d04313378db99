import type { LeasedWork } from "../../store/work.ts";
import { enqueue, type EnqueueServices, type UsesStore } from "../services.ts";

/** What `rejudgeSharedHead` needs. */
export type SharedHeadServices = EnqueueServices & UsesStore<"otherPullsWithHead">;

/** Judges again the pull requests whose published conclusion came from another pull request with the same head. */
export async function rejudgeSharedHead(
  services: SharedHeadServices,
  work: Pick<LeasedWork, "key" | "subject">,
  head: string,
): Promise<void> {
  const { installation, repository } = work.subject;
  for (const other of await services.store.otherPullsWithHead(repository.id, head, work.key)) {
    if (other.pull === undefined || other.conclusion === undefined || other.published === other.conclusion) continue;
    await enqueue(services, { kind: "pull", installation, repository, number: other.pull }, true);
  }
}
