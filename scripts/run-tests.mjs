// Runs Jest in the current directory with the arguments given. In CI (`CI=true`) files that fail are run once more, alone
// and one at a time: who passes then is named `flaky` and counts as passed. More than ten are no accident and stay failed.
// The last line is `N passed, N failed`; the exit code is 0 only if nothing failed in the end.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const require = createRequire(import.meta.url);

const MOST_AGAIN = 10;
const MINUTES = Number(process.env["PORTCULLIS_TEST_MINUTES"] ?? 75);
/** The first run gets less, so that there is time for files to be run again. */
const FIRST_SHARE = 0.8;

const JEST = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  join(require.resolve("jest/package.json"), "../bin/jest.js"),
];
/** Where process groups exist Jest gets one, so that nothing that it started outlives the deadline. */
const GROUPS = process.platform !== "win32";
const until = Date.now() + MINUTES * 60_000;

const asked = process.argv.slice(2);
// With options it is somebody's own selection of tests, which a file alone would not repeat.
if (process.env["CI"] !== "true" || asked.some((argument) => argument.startsWith("-"))) {
  spawn(process.execPath, [...JEST, ...asked], { stdio: "inherit" }).on("exit", (code) => process.exit(code ?? 1));
} else {
  process.exitCode = (await runAll(asked)) ? 0 : 1;
}

async function runAll(paths) {
  const first = await run(paths, MINUTES * FIRST_SHARE * 60_000);
  const results = new Map(first.files.map((result) => [result.file, result]));
  const failing = first.files.filter(({ failed }) => failed > 0).map(({ file }) => file);
  const notes = [];
  // It ended before its end, or for another reason than a test.
  let unexplained = !first.complete || (first.code !== 0 && failing.length === 0);
  if (unexplained) notes.push(`Jest ended with ${first.code ?? first.signal} before all was told`);
  if (failing.length > MOST_AGAIN) notes.push(`${failing.length} files failed, too many to be run again`);
  else if (first.complete) for (const file of failing) await again(file);
  console.log(`\n${notes.map((note) => `${note}\n`).join("")}`);

  async function again(file) {
    const name = relative(process.cwd(), file);
    console.log(`\nrunning ${name} again, alone`);
    const second = await run(["--runTestsByPath", file, "--maxWorkers=1"], until - Date.now());
    const [result] = second.files;
    const passed =
      second.code === 0 && second.complete && second.files.length === 1 && result.failed === 0 && result.passed > 0;
    if (result !== undefined) results.set(file, passed || result.failed > 0 ? result : { ...result, failed: 1 });
    notes.push(passed ? `flaky: ${name} (passed alone)` : `failed: ${name} (alone, too)`);
  }

  const sum = (key) => [...results.values()].reduce((total, result) => total + result[key], 0);
  const failed = sum("failed") + (unexplained ? 1 : 0);
  if (sum("skipped") > 0) console.log(`${sum("skipped")} skipped`);
  console.log(`${sum("passed")} passed, ${failed} failed`);
  return failed === 0;
}

/** Runs Jest until its end, or for so many milliseconds. */
async function run(args, milliseconds) {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-tests-"));
  const file = join(directory, "results");
  const child = spawn(process.execPath, [...JEST, ...args], {
    stdio: "inherit",
    detached: GROUPS,
    env: { ...process.env, PORTCULLIS_TEST_RESULTS: file },
  });
  const kill = () => {
    try {
      if (GROUPS) process.kill(-child.pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  };
  const late = setTimeout(
    () => {
      console.log(`\nthe tests did not end in time`);
      kill();
    },
    Math.max(0, milliseconds),
  );
  const interrupted = () => {
    kill();
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, interrupted);
  const [code, signal] = await new Promise((done) => {
    child.once("error", () => done([1, null]));
    child.once("exit", (...ended) => done(ended));
  });
  clearTimeout(late);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeListener(signal, interrupted);
  // Programs that tests left behind would hold the output open.
  kill();
  const lines = linesOf(file);
  rmSync(directory, { recursive: true, force: true });
  return {
    code,
    signal,
    complete: lines.some(({ complete }) => complete),
    files: lines.filter((line) => "file" in line),
  };
}

function linesOf(file) {
  try {
    // The last line may have been cut off.
    return readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}
