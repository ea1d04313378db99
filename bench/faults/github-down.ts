import { setTimeout as sleep } from "node:timers/promises";
import { lasting, many, type Fault } from "./fault.ts";

const COPIES = 3;
/** With what follows them, of each copies: about 2,000 deliveries. */
const PULLS = 170;

/** GitHub answers nothing for an hour, Git included. Then come the webhooks of that hour, newest first, each several times. */
export const githubDown: Fault = {
  title:
    "GitHub down for an hour (502, then broken connections; Git too), then 2,000 deliveries, tripled, newest first",
  async prepare({ realTime }) {
    return { options: realTime ? {} : { judgeDeadline: 20 }, undo: async () => {} };
  },
  async run(cluster, traffic, extent) {
    const { github } = cluster;
    await cluster.start("first");
    await cluster.start("second");
    await traffic.run(many(20, extent), 100);
    const whole = lasting(3_600, extent, 60);
    const refusing = github.fault({ kind: "status", status: 502 }, { times: Number.MAX_SAFE_INTEGER });
    const began = performance.now();
    github.delivery.copies = COPIES;
    github.delivery.reorderWithin = whole;
    await traffic.run(many(PULLS, extent) / 2, 20);
    await sleep(Math.max(0, whole / 2 - (performance.now() - began)));
    refusing.lift();
    const breaking = github.fault({ kind: "reset" }, { times: Number.MAX_SAFE_INTEGER });
    await traffic.run(many(PULLS, extent) / 2, 20);
    await sleep(Math.max(0, whole - 1_000 - (performance.now() - began)));
    breaking.lift();
    await github.settle();
    github.delivery.reorderWithin = 0;
    github.delivery.copies = 1;
  },
};
