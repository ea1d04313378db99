import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startAppProcess, type AppProcess } from "../../test/support/app-process.ts";
import { many, type Fault } from "./fault.ts";

/** Two replicas of an older version are replaced one after the other; the first new one migrates the database. */
export const upgrade: Fault = {
  title: "Rolling upgrade of two replicas over several versions of the schema",
  unavailable: ({ old }) =>
    old !== undefined && existsSync(join(old, "dist/src/cli/main.js"))
      ? undefined
      : "it needs a built checkout of an older version: --old DIR",
  async run(cluster, traffic, extent) {
    const { github, postgres } = cluster;
    const serve = async (name: string, root?: string): Promise<AppProcess> => {
      const stateDirectory = join(cluster.directory, name);
      await mkdir(stateDirectory, { recursive: true });
      const webhooks = github.world.webhookUrl;
      const app = await startAppProcess(github, {
        stateDirectory,
        environment: { DATABASE_URL: postgres?.url ?? "" },
        ...(root === undefined ? {} : { main: join(root, "dist/src/cli/main.js") }),
      });
      github.setWebhookUrl(webhooks);
      cluster.serveAt(name, app.url);
      return app;
    };
    const first = await serve("first", extent.old);
    const second = await serve("second", extent.old);
    const coming = traffic.run(many(90, extent), 700);
    await sleep(8_000);
    // Kubernetes starts the new one first: for a while three run, of two versions.
    const third = await serve("third");
    await sleep(8_000);
    cluster.serveAt("first", undefined);
    await first.stop();
    await sleep(8_000);
    const fourth = await serve("fourth");
    cluster.serveAt("second", undefined);
    await second.stop();
    await coming;
    cluster.atEnd(async () => {
      for (const app of [third, fourth]) await app.stop();
    });
  },
};
