import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createLog } from "../../../src/app/log.ts";
import { startServer, type RunningServer } from "../../../src/app/server.ts";
import { noonOf, settingsFor } from "../../../test/support/app.ts";
import { startGitHub } from "../../../test/support/github/server.ts";
import { prepareStateDirectory } from "../../../test/support/state-directory.ts";
import { mustBeAlike, mustHold, type FuzzTarget, type Late } from "../fuzzer.ts";
import { sendBytes } from "../send-bytes.ts";
import { createWebhookCases, PRIVATE, rightDelivery } from "../webhook-cases.ts";

/** An installation and a repository that no hostile delivery names: GitHub knows neither, so that their work waits. */
const OWN = { installation: 7_000_000_001, repository: 7_000_000_002 };

/** What a process may hold more, after garbage is collected, than at an earlier batch of cases. */
const MOST_GROWTH = 256 * 2 ** 20;

/**
 * Deliveries to the real server: each is answered as it must be, what is not rightly signed is never stored, and a right
 * one that follows becomes work, once.
 */
export const target: FuzzTarget = {
  inTests: 120,
  async open() {
    const github = await startGitHub();
    const stateDir = await mkdtemp(join(tmpdir(), "portcullis-fuzz-"));
    await prepareStateDirectory(stateDir);
    const told: string[] = [];
    const server = await startServer(settingsFor(github, stateDir), {
      log: createLog("debug", [], { write: (line: string) => told.push(line) }),
      now: noonOf(new Date()),
    });
    const port = Number(new URL(server.url).port);
    const makeCase = createWebhookCases(github.webhookSecret);
    const asked = { handled: new Map<string, number>(), numbers: new Map<number, number>() };
    let stored = 0;
    let unsure: string[] = [];
    let held: number | undefined;
    const expectStored = async (): Promise<void> => {
      const [before, found] = [stored, await countStored(server, unsure)];
      // What is wrong once is not told of every case that follows.
      stored = found;
      mustBeAlike(found, before, "deliveries that are stored, and that were accepted");
    };
    return {
      async run(random, index) {
        const made = makeCase(random, `c${index}`);
        const answer = await sendBytes(port, made.bytes);
        const isRight = made.right.includes(answer?.status);
        if (!isRight) stored = await countStored(server, unsure);
        mustHold(
          isRight,
          () => `${made.kind}: ${JSON.stringify(answer)} in place of ${made.right.join(" or ")}: ${shown(made.bytes)}`,
        );
        if (made.mayBeStored === true) unsure.push(made.guid);
        else if (answer?.text === "accepted") {
          stored += 1;
          if (made.handled) asked.handled.set(made.guid, index);
        }
        await expectStored();
        const right = rightDelivery(github.webhookSecret, `v${index}`, "pull_request", openedPull(index + 1));
        stored += 1;
        asked.numbers.set(index + 1, index);
        asked.handled.set(`v${index}`, index);
        for (let times = random.chance(0.1) ? 2 : 1; times > 0; times -= 1)
          mustBeAlike(await sendBytes(port, right), { status: 202, text: "accepted" }, "a right delivery after it");
        await expectStored();
        return `${made.kind} ${answer?.status ?? "closed"}`;
      },
      async settle() {
        const late: Late[] = [
          ...(await findUnhandled(server, asked.handled)),
          ...(await findWork(server, asked.numbers)),
        ];
        const index = Math.max(0, ...asked.numbers.values());
        for (const line of told)
          if (line.includes(PRIVATE) || line.includes("could not be answered"))
            late.push({ index, message: `the log: ${line.slice(0, 1_000)}` });
        const now = heldAfterCollection();
        if (held !== undefined && now > held + MOST_GROWTH)
          late.push({ index, message: `held ${held}, then ${now} bytes` });
        held ??= now;
        // What was looked at is no part of what the process holds.
        told.length = 0;
        asked.handled.clear();
        asked.numbers.clear();
        await server.database.query("delete from portcullis.deliveries");
        await server.database.query("delete from portcullis.work");
        stored = 0;
        unsure = [];
        return late;
      },
      async close() {
        await server.stop(5_000);
        await github.close();
        await rm(stateDir, { recursive: true, force: true });
      },
    };
  },
};

function shown(bytes: readonly Uint8Array[]): string {
  return JSON.stringify(Buffer.concat(bytes.map((part) => part.subarray(0, 2_000))).toString("latin1"));
}

function openedPull(number: number): object {
  return {
    action: "opened",
    installation: { id: OWN.installation },
    repository: {
      id: OWN.repository,
      name: "own",
      full_name: "own/own",
      owner: { login: "own" },
      default_branch: "main",
    },
    pull_request: { number, updated_at: "2026-02-01T12:00:00Z", head: { sha: "a".repeat(40) }, base: { ref: "main" } },
  };
}

async function countStored({ database }: RunningServer, but: readonly string[]): Promise<number> {
  const [row] = await database.query<{ n: number | string }>(
    "select count(*) as n from portcullis.deliveries where guid <> all ($1::text::text[])",
    [`{${but.join(",")}}`],
  );
  return Number(row?.n);
}

/** Waits until each delivery was tried, and answers with those that should have been handled and were not. */
async function findUnhandled(
  { database }: RunningServer,
  expected: ReadonlyMap<string, number>,
): Promise<readonly Late[]> {
  const untried = "select guid from portcullis.deliveries where handled_at is null and attempts = 0 limit 1";
  while ((await database.query(untried)).length > 0) await sleep(50);
  const failed = await database.query<{ guid: string }>(
    "select guid from portcullis.deliveries where handled_at is null",
  );
  return failed.flatMap(({ guid }) => {
    const index = expected.get(guid);
    return index === undefined ? [] : [{ index, message: `${guid} could not be handled` }];
  });
}

/** The right deliveries that did not become work, or did so twice. */
async function findWork({ database }: RunningServer, numbers: ReadonlyMap<number, number>): Promise<readonly Late[]> {
  const rows = await database.query<{ key: string; wanted: number | string }>(
    "select key, wanted from portcullis.work where key like $1",
    [`pull:${OWN.repository}:%`],
  );
  const wanted = new Map(rows.map((row) => [row.key, Number(row.wanted)]));
  const late = [...numbers].flatMap(([number, index]) => {
    const times = wanted.get(`pull:${OWN.repository}:${number}`);
    return times === 1 ? [] : [{ index, message: `pull request ${number} was asked for ${times ?? 0} times` }];
  });
  return rows.length === numbers.size ? late : [...late, { index: 0, message: `${rows.length} rows of work` }];
}

function heldAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
