import { forgetOldDeliveries, waitingDeliveries } from "../../store/deliveries.ts";
import { enrolledRepositories } from "../../store/repositories.ts";
import { forgetOldRuns } from "../../store/runs.ts";
import { forgetOldGroups, waitingWork } from "../../store/work.ts";
import { enqueueIfIdle, type Services } from "../services.ts";

/** Calls workers for all that waits: what a job was lost for, and what another replica died over. */
export async function callWorkers(services: Pick<Services, "database" | "queue">): Promise<void> {
  for (const guid of await waitingDeliveries(services.database)) await services.queue.send("delivery", { guid });
  for (const key of await waitingWork(services.database)) await services.queue.send("work", { key });
}

/** Makes good what webhooks missed: looks at every enrolled repository's rules and open pull requests. */
export async function sweep(services: Services): Promise<void> {
  await callWorkers(services);
  for (const { id, owner, name, installation } of await enrolledRepositories(services.database)) {
    await enqueueIfIdle(services, { kind: "rules", installation, repository: { id, owner, name } });
  }
  await forgetOldDeliveries(services.database);
  await forgetOldRuns(services.database);
  await forgetOldGroups(services.database);
}
