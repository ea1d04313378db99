import { CHECK_NAME } from "../../github/checks.ts";
import type { Head } from "../../store/heads.ts";
import type { LeasedWork } from "../../store/work.ts";
import { enqueue, type EnqueueServices, type UsesStore } from "../services.ts";

/** What `rejudgeSharedHead` needs. */
export type SharedHeadServices = EnqueueServices & UsesStore<"otherPullsWithHead">;

/** Judges again the pull requests with this head and check whose published conclusion came from the one of `work`. */
export async function rejudgeSharedHead(
  services: SharedHeadServices,
  work: Pick<LeasedWork, "key" | "subject">,
  { head, check = CHECK_NAME }: Head,
): Promise<void> {
  const { installation, repository } = work.subject;
  for (const other of await services.store.otherPullsWithHead(repository.id, head, check, work.key)) {
    if (other.pull === undefined || other.conclusion === undefined || other.published === other.conclusion) continue;
    await enqueue(services, { kind: "pull", installation, repository, number: other.pull }, true);
  }
}
