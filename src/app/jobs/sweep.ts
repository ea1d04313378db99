import { forgetOldDeliveries, waitingDeliveries } from "../../store/deliveries.ts";
import { enrolledRepositories } from "../../store/repositories.ts";
import { forgetOldRuns } from "../../store/runs.ts";
import { forgetOldGroups, waitingWork } from "../../store/work.ts";
import { wantIdle, type Parts } from "../services.ts";

/** Calls workers for all that waits: what a job was lost for, and what another replica died over. */
export async function callWorkers(parts: Pick<Parts, "database" | "queue">): Promise<void> {
  for (const guid of await waitingDeliveries(parts.database)) await parts.queue.send("delivery", { guid });
  for (const key of await waitingWork(parts.database)) await parts.queue.send("work", { key });
}

/** Makes good what webhooks missed: looks at every enrolled repository's rules and open pull requests. */
export async function sweep(parts: Parts): Promise<void> {
  await callWorkers(parts);
  for (const { id, owner, name, installation } of await enrolledRepositories(parts.database)) {
    await wantIdle(parts, { kind: "rules", installation, repository: { id, owner, name } });
  }
  await forgetOldDeliveries(parts.database);
  await forgetOldRuns(parts.database);
  await forgetOldGroups(parts.database);
}
