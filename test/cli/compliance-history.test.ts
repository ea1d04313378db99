import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { compareStandings } from "../../src/gate/standing/compare-standings.ts";
import type { Failing, Standing, StoredStanding } from "../../src/model/standing.ts";
import { lockStateDirectory } from "../../src/store/lock.ts";
import { WITH_STANDINGS } from "../../src/store/standing-history.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { upsertRepository } from "../../src/store/repositories.ts";
import { findStanding, recordComplianceFailure, recordStanding, retireStandings } from "../../src/store/standings.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";
import { prepareStateDirectory } from "../support/state-directory.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

const cwd = directoryWith({});
const stateDir = mkdtempSync(join(tmpdir(), "portcullis-history-cli-"));

beforeAll(async () => {
  await prepareStateDirectory(stateDir);
  const store = await openStore({ stateDir }, () => undefined);
  await fill(store);
  await store.close(0);
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

const clean: Standing = {
  verdict: "pass",
  manifests: 4,
  policies: {},
  waived: {},
  controls: { failing: {}, waived: {}, satisfied: 3, undetermined: 0 },
  waivers: { inForce: 0, expired: [], expiring: [], unused: [] },
  ending: [],
  problems: [],
  unjudged: { problems: 0, gaps: 0 },
};
const waiver = {
  path: "waivers/tag.yaml",
  line: 3,
  what: "images/tag",
  expires: "2027-03-03",
  reason: "later",
  ticket: "OPS-1",
  owner: "@acme/\u001b[31msecurity",
  covers: 1,
};

/** Stores a night as the App does. */
async function night(
  store: Store,
  on: { readonly repository: number; readonly branch: string; readonly day: string; readonly commit: string },
  standing: (failing: { readonly [id: string]: Failing }) => Standing,
): Promise<void> {
  const { repository, branch, day, commit } = on;
  const judgedAt = `${day}T02:10:00.000Z`;
  const failing = { "images/tag": { findings: 2, since: judgedAt, because: [{ kind: "first" as const }] } };
  const judged: StoredStanding = {
    repository,
    branch,
    commit: commit.repeat(40),
    policies: "p1",
    rules: "r".repeat(40),
    judgedAt,
    standing: standing(failing),
  };
  const before = await findStanding(store.database, repository, branch);
  await recordStanding(store.database, { ...judged, standing: compareStandings(before, judged) });
}

async function fill(store: Store): Promise<void> {
  for (const [id, name] of [
    [7, "shop"],
    [8, "blog"],
  ] as const)
    await upsertRepository(store.database, { id, owner: "acme", name, installation: 1, defaultBranch: "main" });
  const main = { repository: 7, branch: "main" };
  await night(store, { ...main, day: "2027-03-01", commit: "a" }, () => clean);
  await night(store, { ...main, day: "2027-03-02", commit: "a" }, () => ({
    ...clean,
    waived: { "images/tag": 1 },
    controls: { ...clean.controls, satisfied: 2, waived: { "CIS-Kubernetes/5.7.1": 1 } },
    waivers: { ...clean.waivers, inForce: 1, expiring: [waiver] },
  }));
  const fails = (failing: { readonly [id: string]: Failing }): Standing => ({
    ...clean,
    verdict: "fail",
    policies: failing,
    controls: {
      failing: { "CIS-Kubernetes/5.7.1": failing["images/tag"]! },
      waived: {},
      satisfied: 1,
      undetermined: 1,
    },
    waivers: { ...clean.waivers, expired: [waiver] },
    ending: [{ message: "batch/v1beta1 CronJob ends", objects: 2, path: "cron.yaml", line: 1 }],
    unjudged: { problems: 1, gaps: 0 },
  });
  await night(store, { ...main, day: "2027-03-03", commit: "a" }, fails);
  await night(store, { ...main, day: "2027-03-04", commit: "b" }, fails);
  await night(store, { ...main, day: "2027-03-05", commit: "c" }, () => clean);
  await night(store, { repository: 7, branch: "old", day: "2027-02-01", commit: "d" }, () => clean);
  await retireStandings(store.database, 7, ["main"]);
  await night(store, { repository: 8, branch: "main", day: "2027-03-01", commit: "e" }, fails);
  await recordComplianceFailure(store.database, 8, "the rules on main do not compile\u001b[2J");
}

function history(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return portcullis(cwd, ["compliance", "--history", ...args], {
    STATE_DIR: stateDir,
    DATABASE_URL: "",
    ...environment,
  });
}

const shop = ["--repository", "Acme/shop"];

test("the judgements of a branch are printed in order, with what is new at each", async () => {
  const { code, out, err } = await history([...shop, "--branch", "main"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const ok = "controls: 3 satisfied, 0 by exception, 0 not satisfied, 0 undetermined; 0 findings, 0 waived";
  const bad = "controls: 1 satisfied, 0 by exception, 1 not satisfied, 1 undetermined; 2 findings, 0 waived";
  const why = "(2 findings): waiver waivers/tag.yaml:3 expired on 2027-03-03";
  expect(out).toBe(`acme/shop main
  2027-03-01 02:10 aaaaaaaaaaaa pass; ${ok}
  2027-03-02 02:10 aaaaaaaaaaaa pass; controls: 2 satisfied, 1 by exception, 0 not satisfied, 0 undetermined; 0 findings, 1 waived
    waiver waivers/tag.yaml:3 of images/tag (1) expires 2027-03-03, OPS-1, @acme/\\x1b[31msecurity
  2027-03-03 02:10 aaaaaaaaaaaa fail; ${bad}; 1 problem, 0 gaps
    fails anew: control CIS-Kubernetes/5.7.1 ${why}
    fails anew: policy images/tag ${why}
    waiver waivers/tag.yaml:3 of images/tag (1) expired 2027-03-03, OPS-1, @acme/\\x1b[31msecurity
    ends: batch/v1beta1 CronJob ends (2 objects, first cron.yaml:1)
  2027-03-04 02:10 bbbbbbbbbbbb fail; ${bad}; 1 problem, 0 gaps
  2027-03-05 02:10 cccccccccccc pass; ${ok}
    no more: control CIS-Kubernetes/5.7.1
    no more: policy images/tag
`);
});

test("a history from a day on begins with all that fails then, and compares with the judgement before", async () => {
  const { out } = await history([...shop, "--branch", "main", "--since", "2027-03-04"]);
  const lines = out.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "acme/shop main",
    expect.stringContaining("2027-03-04 02:10"),
    "    fails since 2027-03-03: control CIS-Kubernetes/5.7.1 (2 findings): waiver waivers/tag.yaml:3 expired on 2027-03-03",
  ]);
  const later = await history([...shop, "--branch", "main", "--since", "2027-03-05T00:00:00Z"]);
  expect(later.out).toContain("no more: policy images/tag");
  expect(await history([...shop, "--since", "2028-01-01"])).toMatchObject({
    code: 0,
    out: "",
    err: expect.stringContaining("no judgement is stored from 2028-01-01"),
  });
});

test("all repositories and branches come in order of their names, with what keeps them from being judged", async () => {
  const { code, out, err } = await history([]);
  expect(code).toBe(0);
  expect(out.split("\n").filter((line) => /^\S/.test(line))).toEqual([
    "acme/blog main",
    "acme/shop main",
    "acme/shop old (not gated any more)",
  ]);
  expect(err).toBe(
    "portcullis: acme/blog could not be judged the last time: the rules on main do not compile\\x1b[2J\n",
  );
});

test("JSON has one judgement on each line, and CSV one in each row", async () => {
  const { out } = await history([...shop, "-o", "json"]);
  // The value is the same; the terminal sees no escape sequence.
  expect(out).not.toContain("\u001b");
  const lines = out.trimEnd().split("\n");
  expect(lines).toHaveLength(6);
  expect(JSON.parse(lines[2]!)).toEqual({
    repository: "acme/shop",
    branch: "main",
    gated: true,
    judgedAt: "2027-03-03T02:10:00.000Z",
    commit: "a".repeat(40),
    rules: { commit: "r".repeat(40), digest: "p1" },
    verdict: "fail",
    manifests: 4,
    controls: { satisfied: 1, waived: 0, failing: 1, undetermined: 1 },
    findings: { failing: 2, waived: 0 },
    failing: {
      controls: { "CIS-Kubernetes/5.7.1": expect.objectContaining({ findings: 2 }) },
      policies: {
        "images/tag": {
          findings: 2,
          since: "2027-03-03T02:10:00.000Z",
          because: [{ kind: "waiver", path: waiver.path, line: 3, expires: "2027-03-03" }],
        },
      },
    },
    waived: { controls: {}, policies: {} },
    anew: { policies: ["images/tag"], controls: ["CIS-Kubernetes/5.7.1"] },
    ended: { policies: [], controls: [] },
    waivers: { inForce: 0, expired: [waiver], expiring: [], unused: [] },
    ending: [{ message: "batch/v1beta1 CronJob ends", objects: 2, path: "cron.yaml", line: 1 }],
    unjudged: { problems: 1, gaps: 0 },
    problems: [],
  });
  const rows = (await history([...shop, "--branch", "main", "-o", "csv"])).out.trimEnd().split("\r\n");
  expect(rows).toHaveLength(6);
  const why = "(waiver waivers/tag.yaml:3 expired on 2027-03-03)";
  expect(rows[3]).toBe(
    `acme/shop,main,yes,2027-03-03T02:10:00.000Z,${"a".repeat(40)},${"r".repeat(40)},fail,4,1,0,1,1,1,2,0,0,1,1,1,0,CIS-Kubernetes/5.7.1 ${why}; images/tag ${why},`,
  );
});

test.each([
  [["--repository", "shop"], "--repository shop: expected owner/name"],
  [
    ["--repository", "acme/none"],
    "--repository acme/none: no judgement of it is stored; there are judgements of acme/blog, acme/shop",
  ],
  [[...shop, "--branch", "next"], "--branch next: no judgement of it is stored; there are judgements of main, old"],
  [["--since", "yesterday"], "--since yesterday: expected a day or a time in UTC"],
  [["--since", "2027-02-30"], "--since 2027-02-30: expected a day or a time in UTC"],
  [["-o", "oscal"], "--history -o oscal: expected one of text, csv, json"],
  [["m"], "--history: expected no PATH, and got m"],
  [["--base", "main"], "--history judges nothing: it cannot be used with --base"],
])("%j is refused", async (args, message) => {
  expect(await history(args)).toMatchObject({ code: 2, out: "", err: expect.stringContaining(message) });
});

test("the options of a history are refused without it", async () => {
  const ran = await portcullis(cwd, ["compliance", "--since", "2027-01-01"]);
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("--since: expected --history with it") });
});

test("a history that cannot be read is said to be none", async () => {
  const lock = await lockStateDirectory(stateDir);
  try {
    expect(await history([])).toMatchObject({ code: 2, err: expect.stringContaining("running server uses") });
  } finally {
    await lock.release();
  }
  expect(await history([], { STATE_DIR: cwd })).toMatchObject({
    code: 2,
    err: expect.stringContaining("there is no history of compliance in"),
  });
});

const installed = installedPostgres();
(installed === undefined ? test.skip : test)(
  "beside a running server of PostgreSQL it is read by a user who may read four tables",
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "portcullis-history-server-"));
    let server: Postgres | undefined;
    let store: Store | undefined;
    try {
      server = await startPostgres(installed!, join(directory, "server"));
      store = await openStore({ stateDir: directory, databaseUrl: server.url }, () => undefined);
      await fill(store);
      await store.database.query(
        `create role auditor login; grant usage on schema portcullis to auditor;
         grant select on portcullis.compliance, portcullis.migrations, portcullis.repositories, portcullis.standings to auditor`,
      );
      const reading = { DATABASE_URL: server.url.replace("//test@", "//auditor@") };
      expect(await history([...shop, "-o", "json"], reading)).toEqual(await history([...shop, "-o", "json"]));
      // As a database of a version before there were standings.
      await store.database.query(`delete from portcullis.migrations where version >= ${WITH_STANDINGS}`);
      expect(await history([], reading)).toMatchObject({
        code: 2,
        err: expect.stringContaining(
          "the database of DATABASE_URL has no history of compliance: start the server once",
        ),
      });
    } finally {
      await store?.close(0);
      await server?.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
