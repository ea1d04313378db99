import { setTimeout as sleep } from "node:timers/promises";
import { processTree } from "../load/memory.ts";
import { lasting, many, type Fault } from "./fault.ts";

/** PostgreSQL ends at once, stays away for ten minutes, and comes back. */
export const storeDown: Fault = {
  title: "PostgreSQL stopped (`-m immediate`) for ten minutes, twice",
  async run(cluster, traffic, extent) {
    await cluster.start("first");
    await cluster.start("second");
    const coming = traffic.run(many(80, extent), 400);
    for (const share of [0.1, 0.9]) {
      await sleep(4_000);
      await cluster.postgres?.crash();
      await sleep(lasting(600, extent, 60) * share);
      await cluster.postgres?.start();
    }
    await coming;
    await traffic.run(many(8, extent), 100);
  },
};

/** PostgreSQL answers nothing, and its connections stay: as behind a network that swallows packets. */
export const storeFrozen: Fault = {
  title: "PostgreSQL frozen (SIGSTOP) for two minutes",
  async run(cluster, traffic, extent) {
    await cluster.start("first");
    await cluster.start("second");
    const coming = traffic.run(many(60, extent), 300);
    await sleep(4_000);
    const frozen = processTree(cluster.postgres?.pid() ?? 0);
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    await sleep(lasting(120, extent, 30));
    for (const pid of frozen.toReversed()) process.kill(pid, "SIGCONT");
    await coming;
  },
};
