import { resolve } from "node:path";
import type { EnvironmentName } from "../../gate/rollback/environment-states.ts";
import type {
  EnvironmentHistory,
  NoRollback,
  PastState,
  Rollback,
  RollbackList,
  RollbackReport,
} from "../../model/rollback.ts";
import { prettyRollback } from "../../report/rollback/pretty-rollback.ts";
import { prettyStates } from "../../report/rollback/pretty-states.ts";
import { deadlineOf, timeOf } from "../check-options.ts";
import { coloured } from "../coloured.ts";
import { progressLine } from "../progress.ts";
import { UsageError } from "../usage-error.ts";
import { chosen, environmentsIn } from "./environments.ts";
import { readHistory } from "./history.ts";
import { openGate } from "./open-gate.ts";
import { openSession, type SessionOptions } from "./session.ts";
import { givenState, lastStates, pastState, walk, type Run } from "./targets.ts";
import { workOut, type Target, type WorkedOut } from "./work-out.ts";
import { writeRollback } from "./write-rollback.ts";

/** The options of `portcullis rollback`. */
export interface RollbackOptions extends SessionOptions {
  readonly to?: string;
  readonly limit?: string;
  readonly commits?: string;
  readonly write?: boolean;
  readonly output: "pretty" | "json";
  readonly policy?: readonly string[];
  readonly data?: readonly string[];
  readonly now?: string;
  readonly deadline?: string;
  readonly showAll?: boolean;
}

/**
 * Runs `portcullis rollback`: the last states of each environment, or what going back to those of one of them would take. Returns
 * the exit code: 0, or 2 where that could not be worked out.
 */
export async function rollbackCommand(named: string | undefined, options: RollbackOptions): Promise<number> {
  const now = timeOf(options.now);
  const limit = countOf("--limit", options.limit, 5);
  const most = countOf("--commits", options.commits, 200);
  if (options.write === true && options.to === undefined) throw new UsageError("--write needs --to COMMIT");
  const progress = progressLine(process.stderr, "reading the history", "judged");
  const cwd = process.cwd();
  const session = await openSession(options, cwd, { now, progress, deadline: deadlineOf(options.deadline) });
  try {
    const say = (line: string): void => {
      progress.clear();
      process.stderr.write(`portcullis: ${line}\n`);
    };
    const history = await readHistory(session.repository.root, session.base.commit, most);
    const state = await session.readCommit(session.base.commit);
    const environments = await environmentsIn(state);
    const environment = chosen(named, environments, options);
    const run: Run = { session, history, state, limit };
    const text =
      environment === "all"
        ? await list(run, environments, options)
        : await detail(run, environment.name, options, { cwd, say });
    progress.end();
    process.stdout.write(text);
    return 0;
  } finally {
    progress.end();
    await session.close();
  }
}

function countOf(option: string, given: string | undefined, usual: number): number {
  if (given === undefined) return usual;
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new UsageError(`${option} ${given}: expected a number from 1 to 99999`);
  return Number(given);
}

async function list(run: Run, environments: readonly EnvironmentName[], options: RollbackOptions): Promise<string> {
  const { session } = run;
  const walks = await walk(run, environments);
  const histories: EnvironmentHistory[] = [];
  for (const [name, { states, end }] of walks) {
    const past: PastState[] = [];
    for (const one of states) past.push(await pastState(run, one, name));
    histories.push({ ...(name === undefined ? {} : { environment: name }), states: past, end });
  }
  const found: RollbackList = { version: 1, base: session.base.commit, environments: histories };
  return options.output === "json" ? json(found) : prettyStates(found, page());
}

async function detail(
  run: Run,
  name: EnvironmentName,
  options: RollbackOptions,
  { cwd, say }: { readonly cwd: string; readonly say: (line: string) => void },
): Promise<string> {
  const { session, state } = run;
  const { now, targets, end } =
    options.to === undefined ? await lastStates(run, name) : await givenState(run, name, options.to);
  const isBelowRoot = resolve(cwd) !== resolve(session.repository.root);
  const gate = await openGate({ ...options, regoVersion: "v1" }, session.configuration, session.means, { cwd, say });
  const found: (Rollback | NoRollback)[] = [];
  let written: string | undefined;
  try {
    const subject = { session, gate, environment: name, now: state, isBelowRoot };
    for (const target of targets) {
      const worked = await workOut(subject, target);
      found.push(worked.rollback);
      if (options.write === true) written = await write(run, name, target, worked);
    }
  } finally {
    await gate.close();
  }
  const { unknown: _unknown, objects: _objects, ...current } = now;
  const report: RollbackReport = {
    version: 1,
    base: session.base.commit,
    ...(name === undefined ? {} : { environment: name }),
    now: current,
    rollbacks: found,
    end,
    ...(written === undefined ? {} : { written }),
  };
  return options.output === "json"
    ? json(report)
    : prettyRollback(report, { ...page(), showAll: options.showAll === true });
}

async function write(
  { session, state }: Run,
  environment: EnvironmentName,
  { past, old }: Target,
  { way, rollback }: WorkedOut,
): Promise<string> {
  if (way === undefined) throw new UsageError(`nothing is written: ${"problem" in rollback ? rollback.problem : ""}`);
  await writeRollback({ session, environment, commit: past.commit, now: state, old, way });
  return past.commit;
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function page(): { readonly colour: boolean; readonly columns?: number } {
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  return { colour: coloured(process.stdout), ...(columns === undefined ? {} : { columns }) };
}
