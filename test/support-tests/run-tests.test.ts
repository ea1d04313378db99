import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A project of its own, whose tests are run. */
let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "portcullis-run-tests-"));
  const reporters = ["default", join(root, "dist/test/support/closing-line-reporter.js")];
  const config = { testMatch: ["**/*.test.cjs"], transform: {}, maxWorkers: 1, reporters };
  write("jest.config.json", JSON.stringify(config));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

const PASSES = `test("passes", () => {}); test.skip("is skipped", () => {});`;
const FAILS = `test("passes", () => {}); test("fails", () => { throw new Error("always"); });`;
/** Fails where it was not run before. */
const FAILS_ONCE = `test("passes", () => {});
test("fails once", () => {
  const mark = __filename + ".ran";
  if (require("node:fs").existsSync(mark)) return;
  require("node:fs").writeFileSync(mark, "");
  throw new Error("once");
});`;
const CANNOT_LOAD = `require("./missing.cjs");`;
const KILLS_JEST = `test("kills", () => { process.kill(process.pid, "SIGKILL"); });`;
const NEVER_ENDS = `test("never ends", () => new Promise(() => { setInterval(() => {}, 1000); }), 1e8);`;

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly notes: readonly string[];
}

function run(ci: boolean, args: readonly string[] = [], minutes = 10): Ended {
  const { CI: _, JEST_WORKER_ID: __, ...inherited } = process.env;
  const env = { ...inherited, ...(ci ? { CI: "true" } : {}), PORTCULLIS_TEST_MINUTES: String(minutes) };
  const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/run-tests.mjs"), ...args], {
    cwd: project,
    env,
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  return { code: status, lines, notes: lines.filter((line) => /^(flaky|failed): /.test(line)) };
}

/** The files, the exit code, what is said of files, and the last lines. */
type Case = [string, Record<string, string>, number, string[], unknown[]];

test.each<Case>([
  ["nothing fails", { a: PASSES, b: PASSES }, 0, [], ["2 skipped", "2 passed, 0 failed"]],
  [
    "a file passes alone",
    { a: FAILS_ONCE, b: PASSES },
    0,
    ["flaky: b/a.test.cjs (passed alone)"],
    ["1 skipped", "3 passed, 0 failed"],
  ],
  [
    "a file fails alone too",
    { a: FAILS_ONCE, b: FAILS },
    1,
    ["flaky: b/a.test.cjs (passed alone)", "failed: b/b.test.cjs (alone, too)"],
    ["3 passed, 1 failed"],
  ],
  ["a file cannot be loaded", { a: CANNOT_LOAD }, 1, ["failed: b/a.test.cjs (alone, too)"], ["0 passed, 1 failed"]],
  [
    "ten files fail",
    Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, FAILS_ONCE])),
    0,
    Array.from({ length: 10 }, (_, n) => `flaky: b/f${n}.test.cjs (passed alone)`),
    ["20 passed, 0 failed"],
  ],
  [
    "more than ten files fail",
    Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, FAILS_ONCE])),
    1,
    [],
    ["11 passed, 11 failed"],
  ],
  ["Jest itself is killed", { a: PASSES, b: KILLS_JEST }, 1, [], [expect.stringMatching(/^\d passed, 1 failed$/)]],
])("in CI, where %s, the exit code and the last line say it", (_, files, code, notes, last) => {
  for (const [name, text] of Object.entries(files)) write(`b/${name}.test.cjs`, text);
  const ended = run(true);
  expect(ended.notes.toSorted()).toEqual(notes.toSorted());
  expect(ended.lines.slice(-last.length)).toEqual(last);
  expect(ended.lines.filter((line) => /^\d+ passed, \d+ failed$/.test(line))).toHaveLength(1);
  expect(ended.code).toBe(code);
});

test("in CI, a configuration that Jest refuses is a failure", () => {
  write("a.test.cjs", PASSES);
  write("jest.config.json", "{");
  expect(run(true)).toMatchObject({ code: 1, notes: [] });
  expect(run(true).lines.at(-1)).toBe("0 passed, 1 failed");
});

test("in CI, what does not end is ended and is a failure", () => {
  write("a.test.cjs", NEVER_ENDS);
  const { code, lines } = run(true, [], 0.1);
  expect(lines).toContain("the tests did not end in time");
  expect(lines.at(-1)).toBe("0 passed, 1 failed");
  expect(code).toBe(1);
});

test.each([
  ["elsewhere", false, []],
  ["of a selection by an option", true, ["--testNamePattern=fails"]],
])("%s nothing is run again", (_, ci, args) => {
  write("a.test.cjs", FAILS_ONCE);
  const { code, lines, notes } = run(ci, args);
  expect(notes).toEqual([]);
  expect(lines.at(-1)).toMatch(/^[01] passed, 1 failed$/);
  expect(code).toBe(1);
});
