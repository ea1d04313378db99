import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../day/schedule.ts";
import { many, type Fault } from "./fault.ts";

const KILLS = 6;

/** Either of two replicas is killed, again and again, and started again. */
export const kills: Fault = {
  title: "SIGKILL of either of two replicas, six times",
  async run(cluster, traffic, extent) {
    await cluster.start("first");
    await cluster.start("second");
    const random = randomFrom(7);
    const coming = traffic.run(many(90, extent), 300);
    for (let n = 0; n < KILLS; n++) {
      await sleep(1_000 + random() * 4_000);
      const name = random() < 0.5 ? "first" : "second";
      await cluster.replicas.get(name)?.kill();
      await sleep(random() * 2_000);
      await cluster.start(name);
    }
    await coming;
  },
};
