import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lasting, many, type Extent, type Fault } from "./fault.ts";

/** Fills a disk up to the last byte. */
async function fill(directory: string): Promise<void> {
  const file = await open(join(directory, "filler"), "a");
  try {
    for (let size = 1 << 20; size >= 1; size = size > 4_096 ? size >> 1 : 0)
      for (;;) {
        const { bavail, bsize } = await statfs(directory);
        if (bavail * bsize < size) break;
        await file.write(Buffer.alloc(size));
      }
  } catch {
    // It is full.
  } finally {
    await file.close();
  }
}

const isRoot = (): boolean => process.platform === "linux" && process.getuid?.() === 0;

function onSmallDisk(megabytes: number): Pick<Fault, "prepare" | "unavailable"> {
  return {
    unavailable: () => (isRoot() ? undefined : "it mounts a small disk, which only root may"),
    async prepare() {
      const states = await mkdtemp(join(tmpdir(), "portcullis-disk-"));
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "portcullis-faults", states]);
      return {
        options: { states },
        async undo() {
          execFileSync("umount", ["--lazy", states]);
          await rm(states, { recursive: true, force: true });
        },
      };
    },
  };
}

const FULL_SECONDS = 300;

async function fillFor(states: string, extent: Extent): Promise<void> {
  // Filled again and again: what is deleted meanwhile makes no room.
  const end = performance.now() + lasting(FULL_SECONDS, extent);
  while (performance.now() < end) {
    await fill(states);
    await sleep(200);
  }
  await rm(join(states, "filler"));
}

/** The disk of the mirrors and of the compiled policies is full for five minutes. */
export const diskFull: Fault = {
  title: "`STATE_DIR` full for five minutes: mirrors and compiled policies, two replicas",
  ...onSmallDisk(160),
  async run(cluster, traffic, extent) {
    const { stateDir } = await cluster.start("first");
    await cluster.start("second");
    const coming = traffic.run(many(60, extent), 500);
    await sleep(3_000);
    await fillFor(join(stateDir, ".."), extent);
    await coming;
    await traffic.run(many(8, extent), 100);
  },
};

/** The disk of the embedded store is full for five minutes. */
export const storeDiskFull: Fault = {
  title: "`STATE_DIR` full for five minutes, with the embedded store in it",
  ...onSmallDisk(256),
  async prepare(extent) {
    const prepared = await onSmallDisk(256).prepare?.(extent);
    if (prepared === undefined) throw new Error("no disk");
    return { ...prepared, options: { ...prepared.options, postgres: false } };
  },
  async run(cluster, traffic, extent) {
    const { stateDir } = await cluster.start("first");
    const coming = traffic.run(many(40, extent), 700);
    await sleep(5_000);
    // Whoever supervises it starts it again; it cannot start while there is no room.
    let over = false;
    const supervisor = (async () => {
      while (!over) {
        await sleep(1_000);
        if (!cluster.replicas.has("first")) await cluster.start("first").catch(() => undefined);
      }
    })();
    await fillFor(join(stateDir, ".."), extent);
    await coming;
    await traffic.run(many(6, extent), 200);
    await sleep(2_000);
    over = true;
    await supervisor;
    if (!cluster.replicas.has("first")) await cluster.start("first");
  },
};
