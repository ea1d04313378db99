// `npm run demo`: the main job from end to end. The real App as its own process, a simulated GitHub, a real Git repository.
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import pc from "picocolors";
import { startAppProcess, type AppProcess } from "../support/app-process.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { CheckRun, PullRequest } from "../support/github/state.ts";
import { until } from "../support/until.ts";
import { FIXED, SHOP, WORSE } from "./shop.ts";

const started = performance.now();

function say(mark: string, text: string): void {
  const seconds = `${((performance.now() - started) / 1_000).toFixed(1)} s`.padStart(7);
  console.log(`${pc.dim(seconds)}  ${mark} ${text}`);
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected: ${what}`);
}

/** The policies that ship, as a repository would hold them: without tests, fixtures and pages. */
function library(): { readonly [path: string]: string } {
  const root = join(import.meta.dirname, "../../../policies");
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".rego") && !entry.name.endsWith("_test.rego"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(root, path).includes("fixtures"));
  return Object.fromEntries(
    files.map((path) => [`policies/${relative(root, path).replaceAll("\\", "/")}`, readFileSync(path, "utf8")]),
  );
}

/** Waits for the concluded check on the pull request's head. */
async function check(github: SimulatedGitHub, pull: PullRequest): Promise<CheckRun> {
  let run: CheckRun | undefined;
  await until(() => {
    run = github.runsOf(pull, "portcullis").at(-1);
    return run?.status === "completed";
  }, "the check");
  if (run === undefined) throw new Error("no check run");
  return run;
}

function show(run: CheckRun): void {
  const green = run.conclusion === "success";
  say(
    green ? pc.green("✔") : pc.red("✘"),
    `check ${pc.bold("portcullis")}: ${(green ? pc.green : pc.red)(run.title ?? "")}`,
  );
  for (const { path, start_line: line, title, message } of run.annotations) {
    console.log(`           ${pc.cyan(`${path}:${line}`)}  ${pc.bold(title ?? "")}`);
    for (const text of message.split("\n")) console.log(`             ${pc.dim(text)}`);
  }
}

async function story(github: SimulatedGitHub): Promise<void> {
  const rules = library();
  const repository = await github.createRepository({
    fullName: "acme/shop",
    files: {
      "portcullis.yaml": 'version: 1\npolicies: [policies]\nmanifests: { include: ["apps/**"] }\n',
      ...rules,
      "apps/web.yaml": SHOP,
    },
  });
  github.protect(repository, "main", { checks: [{ context: "portcullis", integrationId: github.appId }] });
  const policies = Object.keys(rules).filter((path) => path.endsWith("/policy.rego")).length;
  say("·", `acme/shop: one Deployment, ${policies} policies, the check is required on main`);

  const pull = await github.proposeFiles(repository, { "apps/web.yaml": WORSE }, { title: "Try the newest nginx" });
  say("→", `pull request #${pull.number} “${pull.title}” is opened`);
  const red = await check(github, pull);
  show(red);
  expectThat(red.conclusion === "failure", "the check to fail");
  expectThat(red.annotations.length >= 2, "an annotation for each finding");
  const refused = await github.merge(pull);
  expectThat(refused.kind === "refused", "the merge to be refused");
  if (refused.kind === "refused") say(pc.red("✘"), `merge refused: ${refused.message.trim().replaceAll(/\s+/g, " ")}`);
  await until(() => pull.reviewComments.length > 0, "the review comments");
  say("·", `${pull.reviewComments.length} review comments on the lines of the diff`);

  await github.pushToPull(pull, { "apps/web.yaml": FIXED });
  say("→", "the fix is pushed");
  const green = await check(github, pull);
  show(green);
  expectThat(green.conclusion === "success", "the check to pass");
  const merged = await github.merge(pull);
  expectThat(merged.kind === "merged", "the merge to go through");
  if (merged.kind === "merged") say(pc.green("✔"), `merged as ${merged.sha.slice(0, 12)}`);
  expectThat(github.violations.length === 0, `requests as GitHub describes them: ${JSON.stringify(github.violations)}`);
}

const stateDirectory = await mkdtemp(join(tmpdir(), "portcullis-demo-"));
const github = await startGitHub();
let app: AppProcess | undefined;
let failed: Error | undefined;
try {
  say("·", "a simulated GitHub listens on loopback");
  app = await startAppProcess(github, { stateDirectory });
  say("·", "portcullis serve is ready, its store is embedded");
  await story(github);
} catch (error) {
  failed = error instanceof Error ? error : new Error("something that is no error was thrown", { cause: error });
} finally {
  const code = await app?.stop();
  if (failed === undefined && code !== 0) failed = new Error(`portcullis serve ended with ${code}`);
  if (failed !== undefined && app !== undefined) console.error(app.log());
  await github.close();
  await rm(stateDirectory, { recursive: true, force: true });
}
if (failed === undefined) say(pc.green("✔"), pc.bold("red, refused, fixed, green, merged: all observed"));
else {
  say(pc.red("✘"), failed.message);
  process.exitCode = 1;
}
