import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { load } from "js-yaml";
import { root } from "../package/installed.ts";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: { readonly [key: string]: string };
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: { readonly [name: string]: string };
  readonly "working-directory"?: string;
}

interface Action {
  readonly inputs: { readonly [name: string]: { readonly default?: string } };
  readonly outputs: { readonly [name: string]: { readonly value: string } };
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** What GitHub's runner would have been told by a run of the action. */
export interface ActionRun {
  readonly failed: boolean;
  readonly log: string;
  readonly summary: string;
  readonly outputs: { readonly [name: string]: string };
  /** The other actions that were used, with what they were given. */
  readonly used: readonly { readonly uses: string; readonly with: { readonly [key: string]: string } }[];
}

export interface ActionEvent {
  readonly name: string;
  readonly payload: object;
  readonly sha: string;
}

/**
 * Runs the steps of action.yml as GitHub's runner does, with its environment variables and files, in a checked out
 * repository. Expressions are evaluated by GitHub's own evaluator. Other actions are recorded and not run.
 */
export function runAction(
  workspace: string,
  event: ActionEvent,
  inputs: { readonly [name: string]: string },
  temporary = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-runner-"))),
): ActionRun {
  const action = load(readFileSync(join(root, "action.yml"), "utf8")) as Action;
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: fallback = "" }]) => [name, inputs[name] ?? fallback]),
  );
  const github = { event: event.payload, event_name: event.name, sha: event.sha, repository: "acme/gitops" };
  const steps: { [id: string]: { outputs: { [name: string]: string } } } = {};
  const used: { uses: string; with: { [key: string]: string } }[] = [];
  const files = {
    GITHUB_OUTPUT: join(temporary, "output"),
    GITHUB_STEP_SUMMARY: join(temporary, "summary"),
    GITHUB_EVENT_PATH: join(temporary, "event.json"),
  };
  mkdirSync(dirname(files.GITHUB_OUTPUT), { recursive: true });
  writeFileSync(files.GITHUB_STEP_SUMMARY, "");
  writeFileSync(files.GITHUB_EVENT_PATH, JSON.stringify(event.payload));
  let failed = false;
  let log = "";
  const evaluate = (text: string): string =>
    expression(text, { github, inputs: given, steps, runner: { temp: temporary, os: "Linux", arch: "X64" } }, failed);
  const filled = (text: string): string =>
    text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, inner: string) => evaluate(inner.trim()));

  for (const step of action.runs.steps) {
    const condition = step.if ?? "success()";
    const runs = evaluate(/\b(?:always|success|failure)\(/.test(condition) ? condition : `success() && (${condition})`);
    if (runs === "false" || runs === "") continue;
    if (step.uses !== undefined) {
      if (!/@[0-9a-f]{40}$/.test(step.uses)) throw new Error(`${step.uses} is not pinned to a commit`);
      const values = Object.entries(step.with ?? {}).map(([key, value]) => [key, filled(value)]);
      used.push({ uses: step.uses, with: Object.fromEntries(values) });
      continue;
    }
    if (step.shell !== "bash" || step.run === undefined) throw new Error("expected a step that bash runs");
    writeFileSync(files.GITHUB_OUTPUT, "");
    const script = join(temporary, "step.sh");
    writeFileSync(script, filled(step.run));
    const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
      cwd: join(workspace, filled(step["working-directory"] ?? ".")),
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: temporary,
        GITHUB_ACTION_PATH: root,
        GITHUB_EVENT_NAME: event.name,
        GITHUB_SHA: event.sha,
        GITHUB_WORKSPACE: workspace,
        RUNNER_TEMP: temporary,
        ...files,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)])),
      },
    });
    log += stdout + stderr;
    if (status !== 0) failed = true;
    const outputs = readFileSync(files.GITHUB_OUTPUT, "utf8").matchAll(/^([\w-]+)=(.*)$/gm);
    if (step.id !== undefined)
      steps[step.id] = { outputs: Object.fromEntries([...outputs].map(([, name = "", value = ""]) => [name, value])) };
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)]);
  appendFileSync(files.GITHUB_STEP_SUMMARY, "");
  return {
    failed,
    log,
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, "utf8"),
    outputs: Object.fromEntries(outputs) as { [name: string]: string },
    used,
  };
}

function expression(text: string, contexts: { readonly [name: string]: object }, failed: boolean): string {
  const status = (name: string, value: boolean) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  });
  const functions = [status("always", true), status("success", !failed), status("failure", failed)];
  const tree = new Parser(new Lexer(text).lex().tokens, Object.keys(contexts), functions).parse();
  const values = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary;
  return new Evaluator(tree, values, new Map(functions.map((one) => [one.name, one]))).evaluate().coerceString();
}
