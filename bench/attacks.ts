// Prints what each attack on the fetching of remotes comes to with the limits that ship: what is told of it, in which time,
// and the peak of the process's memory, as Linux tells it. Clocks are shortened: silence to 5 s, a request to 20 s.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defaultLimits } from "../src/remote/limits.ts";
import { attacks } from "../test/support/remote-servers/attacks/all.ts";
import { openStage, type Result } from "../test/support/remote-servers/attacks/attack.ts";

const clocks = { silence: 5_000, request: 20_000 };
const program = new URL("../test/support/remote-servers/attacks/carry-out.js", import.meta.url).pathname;
const run = promisify(execFile);
const wanted = process.argv[2] ?? "";

for (const [upon, list] of Object.entries(attacks)) {
  for (const { name, prepare } of list) {
    if (!`${upon} ${name}`.includes(wanted)) continue;
    const directory = await mkdtemp(join(tmpdir(), "portcullis-attack-"));
    const stage = await openStage({ ...defaultLimits, ...clocks }, directory);
    try {
      const planPath = join(directory, "plan.json");
      await writeFile(planPath, JSON.stringify(await prepare(stage)));
      console.log(`| ${upon} | ${name} | ${await outcomeOf(planPath, join(directory, "store"))} |`);
    } finally {
      await stage.close();
      await rm(directory, { recursive: true, force: true });
    }
  }
}

async function outcomeOf(planPath: string, store: string): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [program, planPath, store, JSON.stringify(clocks)]);
    const { results, milliseconds, kilobytes } = JSON.parse(stdout) as {
      readonly results: readonly Result[];
      readonly milliseconds: number;
      readonly kilobytes: number;
    };
    const told = results.map(({ kind, message }) => `${kind}: ${message}`).join("; ");
    return `${told.replaceAll(/127\.0\.0\.1:\d+/g, "HOST")} | ${Math.round(milliseconds)} ms | ${Math.round(kilobytes / 1_024)} MB`;
  } catch (error) {
    return `CRASHED: ${String(error).slice(0, 300).replaceAll("\n", " ")} | |`;
  }
}
