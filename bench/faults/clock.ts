import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { many, type Extent, type Fault } from "./fault.ts";

/** Shifts what a program takes for the time of day by the seconds that a file says. Clocks that only go forward stay. */
const SHIM = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static long shift(void) {
  static volatile long *shared;
  if (!shared) {
    const char *path = getenv("SHIFTED_BY");
    int file = path ? open(path, O_RDONLY) : -1;
    static long none = 0;
    void *at = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    shared = at == MAP_FAILED ? &none : at;
  }
  return *shared;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  static int (*real)(struct timeval *, void *);
  if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (result == 0) now->tv_sec += shift();
  return result;
}

time_t time(time_t *out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
`;

const HOUR = 3_600;
const JUMPS = [2 * HOUR, 0, -2 * HOUR, 0];

function hasCompiler(): boolean {
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return process.platform === "linux";
  } catch {
    return false;
  }
}

function jumping(title: string, where: "SHIM_EVERYWHERE" | "SHIM_STORE"): Fault {
  let shiftTo = async (_seconds: number): Promise<void> => {};
  return {
    title,
    unavailable: () => (hasCompiler() ? undefined : "it needs a C compiler and Linux"),
    async prepare() {
      const directory = await mkdtemp(join(tmpdir(), "portcullis-clock-"));
      const [source, library, offset] = ["shim.c", "shim.so", "offset"].map((name) => join(directory, name));
      if (source === undefined || library === undefined || offset === undefined) throw new Error("no place");
      await writeFile(source, SHIM);
      execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
      execFileSync("chmod", ["755", directory]);
      shiftTo = async (seconds) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(seconds));
        // In place: it is mapped.
        await writeFile(offset, bytes, { flag: "r+" });
      };
      await writeFile(offset, Buffer.alloc(8));
      const environment = { LD_PRELOAD: library, SHIFTED_BY: offset };
      return {
        options: where === "SHIM_STORE" ? { storeEnvironment: environment } : { environment },
        undo: () => rm(directory, { recursive: true, force: true }),
      };
    },
    async run(cluster, traffic, extent: Extent) {
      await cluster.start("first");
      await cluster.start("second");
      const coming = traffic.run(many(90, extent), 400);
      for (const seconds of JUMPS) {
        await sleep(6_000);
        await shiftTo(seconds);
        // What was leased before the jump is left behind.
        await cluster.replicas.get("first")?.kill();
        await cluster.start("first");
      }
      await coming;
    },
  };
}

/** The clock of the machine on which all runs. */
export const clockJumps = jumping(
  "The clock of replicas and PostgreSQL jumps: two hours forward, back, two hours back, forward; a replica killed at each",
  "SHIM_EVERYWHERE",
);

/** The clock of the store alone. */
export const storeClockJumps = jumping(
  "The clock of PostgreSQL alone jumps in the same way; a replica killed at each jump",
  "SHIM_STORE",
);
