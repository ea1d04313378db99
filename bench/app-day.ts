// A day of an installation, compressed: `node dist/bench/app-day.js [REPOSITORIES] [MINUTES] [CHANGES]`. A day passes in
// MINUTES: what people do, the App's sweeps and every incident come closer together by that factor; what the App and Git
// compute takes as long as ever. Prints requests, runs, log and store at the end, and fails where a run is wrong.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "../src/app/log.ts";
import { startServer, type RunningServer } from "../src/app/server.ts";
import { nothingLeft, settingsFor } from "../test/support/app.ts";
import { deployment, rules } from "../test/support/fleet.ts";
import { startGitHub } from "../test/support/github/server.ts";
import type { PullRequest, Repository } from "../test/support/github/state.ts";
import { dayOf, fileOf, randomFrom, type Happening } from "./day/schedule.ts";
import { add, openWithoutVerdict, printCounts, rowsOf, tallyRuns } from "./day/tally.ts";

const repositories = Number(process.argv[2] ?? 200);
const minutes = Number(process.argv[3] ?? 24);
const changes = Number(process.argv[4] ?? 4);
const MINUTES_A_DAY = 24 * 60;
const SWEEP_SECONDS = 300;
const REPOSITORY_SECONDS = 3_600;
const REPOSITORIES_AN_OWNER = 10;
const PULLS_AT_POLICY_PUSH = 30;
const millisecondsPerMinute = (minutes * 60_000) / MINUTES_A_DAY;

const github = await startGitHub();
github.world.rate.limit = Number.MAX_SAFE_INTEGER;
const stateDir = await mkdtemp(join(tmpdir(), "portcullis-day-"));
const logged = new Map<string, number>();
let logBytes = 0;
const log = createLog("info", [github.webhookSecret], {
  write(line) {
    logBytes += line.length;
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    add(logged, `${level} ${msg}`);
  },
});
const start = async (): Promise<RunningServer> => {
  const [sweepSeconds = 1, repositorySeconds = 1] = [SWEEP_SECONDS, REPOSITORY_SECONDS].map((seconds) =>
    Math.max(1, Math.round((seconds * minutes) / MINUTES_A_DAY)),
  );
  const server = await startServer(settingsFor(github, stateDir), { log, sweepSeconds, repositorySeconds });
  github.setWebhookUrl(`${server.url}/api/github/webhooks`);
  return server;
};

const badHeads = new Map<string, boolean>();
const places: Repository[] = [];
const files = Object.fromEntries(
  Array.from({ length: 10 }, (_, n) => [`apps/a${n}.yaml`, deployment("nginx:1.27", `a${n}`)]),
);
for (let n = 0; n < repositories; n++) {
  const owner = `acme-${Math.floor(n / REPOSITORIES_AN_OWNER)}`;
  places.push(await github.createRepository({ fullName: `${owner}/gitops-${n}`, files: { ...rules(), ...files } }));
}
let server = await start();
const pulls = new Map<string, { readonly pull: PullRequest; pushes: number }>();

async function happen(what: Happening): Promise<void> {
  const repository = places[what.repository];
  if (repository === undefined) throw new Error("no such repository");
  const key = `${what.repository}:${what.change}`;
  if (what.kind === "open") {
    const pull = await github.proposeFiles(repository, fileOf(what.change, 0, what.bad), {
      branch: `change-${what.change}`,
    });
    badHeads.set(pull.headSha, what.bad);
    pulls.set(key, { pull, pushes: 0 });
    return;
  }
  const known = pulls.get(key);
  if (known === undefined || known.pull.state === "closed") return;
  const { pull } = known;
  switch (what.kind) {
    case "push":
      known.pushes += 1;
      badHeads.set(await github.pushToPull(pull, fileOf(what.change, known.pushes, what.bad)), what.bad);
      return;
    case "merge":
      // People merge what is green.
      if (github.runsOf(pull).at(-1)?.conclusion === "success") await github.merge(pull);
      return;
    case "close":
      return github.closePull(pull);
    case "recheck":
      github.collaborate(repository, pull.author, "write");
      github.comment(pull, "/portcullis recheck");
      return;
    case "bot command":
      github.comment(pull, "/portcullis recheck", github.world.app.bot);
      return;
    case "draft and ready":
      await github.convertToDraft(pull);
      return github.readyForReview(pull);
  }
}

/** What goes wrong in a day, by minute, besides what people do. */
const incidents: readonly { readonly minute: number; readonly name: string; run(): Promise<void> | void }[] = [
  {
    minute: 7 * 60,
    name: "the App is restarted",
    async run() {
      github.setWebhookUrl(undefined);
      await server.stop(5_000);
      server = await start();
    },
  },
  {
    minute: 9 * 60,
    name: "the quota of one installation is gone for 20 minutes",
    run() {
      const resetIn = (20 * millisecondsPerMinute) / 1_000;
      const fault = github.fault(
        { kind: "rate-limit", resetIn },
        { path: /^\/(?:api\/v3\/)?repos\/acme-1\//, times: Number.MAX_SAFE_INTEGER },
      );
      setTimeout(() => fault.lift(), resetIn * 1_000);
    },
  },
  {
    minute: 11 * 60,
    name: "GitHub answers 502 for 5 minutes",
    run() {
      const fault = github.fault({ kind: "status", status: 502 }, { times: Number.MAX_SAFE_INTEGER });
      setTimeout(() => fault.lift(), 5 * millisecondsPerMinute);
    },
  },
  {
    minute: 12 * 60 + 30,
    name: "a stricter policy is pushed while 30 pull requests are open",
    async run() {
      const repository = places[0];
      if (repository === undefined) return;
      for (let n = 0; n < PULLS_AT_POLICY_PUSH; n++) {
        const pull = await github.proposeFiles(repository, fileOf(100 + n, 0, false), { branch: `many-${n}` });
        badHeads.set(pull.headSha, false);
      }
      await github.pushCommit(repository, "main", {
        "policies/host.rego":
          '# METADATA\n# title: No host network\npackage main\n\ndeny contains "host network" if input.spec.template.spec.hostNetwork\n',
      });
    },
  },
  {
    minute: 15 * 60,
    name: "webhooks of 10 minutes are lost",
    run() {
      const { drop } = github.delivery;
      github.delivery.drop = () => true;
      setTimeout(() => (github.delivery.drop = drop), 10 * millisecondsPerMinute);
    },
  },
];

console.log(
  `${repositories} repositories of ${Math.ceil(repositories / REPOSITORIES_AN_OWNER)} owners, a day in ${minutes} minutes (${(MINUTES_A_DAY / minutes).toFixed(0)}×), load ${loadavg()[0]?.toFixed(1)}, ${availableParallelism()} cores, Node.js ${process.version}`,
);
const began = performance.now();
const day = [
  ...dayOf(repositories, changes, randomFrom(11)).map((what) => ({ minute: what.minute, what })),
  ...incidents.map((incident) => ({ minute: incident.minute, incident })),
].toSorted((a, b) => a.minute - b.minute);
let late = 0;
for (const entry of day) {
  const wait = entry.minute * millisecondsPerMinute - (performance.now() - began);
  if (wait > 0) await sleep(wait);
  else late = Math.max(late, -wait);
  if ("what" in entry) await happen(entry.what);
  else {
    console.log(
      `  ${Math.floor(entry.minute / 60)}:${String(entry.minute % 60).padStart(2, "0")} ${entry.incident.name}`,
    );
    await entry.incident.run();
  }
}
const rest = minutes * 60_000 - (performance.now() - began);
if (rest > 0) await sleep(rest);
for (let tries = 0; !(await nothingLeft(server)) && tries < 300; tries++) await sleep(1_000);
await github.settle();

const hours = new Map<string, number>();
const kinds = new Map<string, number>();
for (const call of github.world.calls) {
  add(kinds, call.operation);
  if (!call.operation.startsWith("git/") && call.repository !== undefined)
    add(
      hours,
      `${call.repository.split("/")[0]} ${Math.floor((call.at - (Date.now() - performance.now() + began)) / (60 * millisecondsPerMinute))}`,
    );
}
const [busiest = "none"] = [...hours].toSorted((a, b) => b[1] - a[1]);
const { runs, wrong } = tallyRuns(github, (head) => badHeads.get(head));
const waiting = openWithoutVerdict(github);
printCounts("requests", kinds);
console.log(`most REST requests of one owner (${REPOSITORIES_AN_OWNER} repositories) in an hour: ${String(busiest)}`);
printCounts("check runs", runs);
const events = new Map<string, number>();
for (const { event } of github.deliveries) add(events, event);
printCounts("deliveries", events);
printCounts("log lines", logged);
console.log(`log: ${(logBytes / 1024).toFixed(0)} KiB`);
printCounts("rows in the store", await rowsOf(server.database));
console.log(`most that the day ran behind its schedule: ${(late / 1_000).toFixed(1)} s`);
await server.stop(5_000);
console.log(
  execFileSync("du", ["-sh", ...["store", "mirrors"].map((name) => join(stateDir, name))], { encoding: "utf8" })
    .replaceAll(stateDir, "STATE_DIR")
    .trim(),
);
await rm(stateDir, { recursive: true, force: true });
await github.close();
const { user, system } = process.cpuUsage();
console.log(
  `processor time, with the simulated GitHub: ${((user + system) / 1e6).toFixed(0)} s; most memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);
for (const violation of github.violations.slice(0, 10)) console.log(`violation: ${JSON.stringify(violation)}`);
for (const line of wrong) console.log(line);
for (const line of waiting) console.log(`without a verdict: ${line}`);
if (wrong.length + waiting.length + github.violations.length > 0) process.exitCode = 1;
