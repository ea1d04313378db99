import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../day/schedule.ts";
import { many, type Fault } from "./fault.ts";

async function objectsOf(mirror: string): Promise<readonly string[]> {
  const entries = await readdir(join(mirror, "objects"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /^[0-9a-f]{38}$|\.pack$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function cutShort(file: string): Promise<void> {
  await chmod(file, 0o644);
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, bytes.length >> 1));
}

const DAMAGES: readonly ((mirror: string, random: () => number) => Promise<void>)[] = [
  async (mirror, random) => {
    for (const file of await objectsOf(mirror)) if (random() < 0.5) await cutShort(file);
  },
  async (mirror, random) => {
    for (const file of await objectsOf(mirror)) if (random() < 0.5) await rm(file);
  },
  (mirror) => writeFile(join(mirror, "packed-refs"), "\0\0 garbage\n"),
  (mirror) => writeFile(join(mirror, "HEAD"), ""),
  async (mirror) => {
    for (const lock of ["shallow.lock", "refs/portcullis/kept/trusted.lock", "refs/portcullis/kept/in-force.lock"])
      await writeFile(join(mirror, lock), "");
  },
];

const ROUNDS = 15;

/** Files of mirrors are damaged at random while jobs read them; in the midst a replica starts with damaged ones. */
export const mirrorDamaged: Fault = {
  title: "Mirrors damaged under load: objects cut short or missing, packed-refs, HEAD, locks left behind",
  async run(cluster, traffic, extent) {
    await cluster.start("first");
    await cluster.start("second");
    const random = randomFrom(3);
    const coming = traffic.run(many(90, extent), 400);
    for (let n = 0; n < ROUNDS; n++) {
      await sleep(2_000);
      for (const { stateDir } of cluster.replicas.values()) {
        for (const name of await readdir(join(stateDir, "mirrors")).catch(() => [])) {
          const damage = DAMAGES[Math.floor(random() * DAMAGES.length)];
          // What is made anew at this moment has nothing to damage.
          if (random() < 0.4) await damage?.(join(stateDir, "mirrors", name), random).catch(() => undefined);
        }
      }
      if (n === ROUNDS >> 1) {
        await cluster.replicas.get("first")?.kill();
        await cluster.start("first");
      }
    }
    await coming;
  },
};
