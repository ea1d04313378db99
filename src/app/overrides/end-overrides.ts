import {
  enqueue,
  enqueueIfIdle,
  type EnqueueIfIdleServices,
  type EnqueueServices,
  type UsesStore,
} from "../services.ts";

/** What `endOverrides` needs. */
export type EndOverridesServices = EnqueueServices &
  EnqueueIfIdleServices &
  UsesStore<"endOverrides" | "takeOverridesToFollowUp">;

/** Has the pull requests judged again whose overrides are over, and looks after the issues of all. */
export async function endOverrides(services: EndOverridesServices): Promise<void> {
  for (const { installation, repository, pull } of await services.store.endOverrides())
    await enqueue(services, { kind: "pull", installation, repository, number: pull }, true);
  for (const { installation, repository, issue } of await services.store.takeOverridesToFollowUp())
    if (issue !== undefined) await enqueueIfIdle(services, { kind: "issue", installation, repository, number: issue });
}
