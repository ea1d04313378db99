import {
  compareStates,
  hasObjects,
  isSameState,
  type EnvironmentName,
  type TreeState,
} from "../../gate/rollback/environment-states.ts";
import type { PastState } from "../../model/rollback.ts";
import { UsageError } from "../usage-error.ts";
import { readHistory, type BranchCommit, type BranchHistory } from "./history.ts";
import type { Session } from "./session.ts";
import { walkStates, type Reached, type Walk } from "./walk.ts";
import type { Target } from "./work-out.ts";

/** One run of `portcullis rollback`. */
export interface Run {
  readonly session: Session;
  readonly history: BranchHistory;
  /** Of the base. */
  readonly state: TreeState;
  readonly limit: number;
}

/** The last states of environments. */
export async function walk(
  { session, history, limit }: Run,
  environments: readonly EnvironmentName[],
): Promise<ReadonlyMap<EnvironmentName, Walk>> {
  const walks = await walkStates({ history, environments, limit, read: session.readCommit });
  const isCutShort = history.commits.length === 1 && history.end === "shallow";
  if (isCutShort)
    throw new UsageError(
      "this clone is shallow and has one commit of the branch, so no earlier state is known: fetch more (git fetch --unshallow)",
    );
  return walks;
}

/** A state as reports tell it. */
export async function pastState(
  { session, state }: Run,
  { commit, state: old }: Pick<Reached, "commit" | "state">,
  name: EnvironmentName,
): Promise<PastState> {
  const { commit: id, date, author, subject } = commit;
  const { changes, unknown } = await compareStates(state, old, name);
  return { commit: id, date, author, subject, check: await session.checks.of(id), objects: changes.length, unknown };
}

/** The states to go back to, and the one of now. */
export interface Targets {
  readonly now: PastState;
  readonly targets: readonly Target[];
  readonly end: Walk["end"];
}

/** The last states of an environment that are not the one of now. */
export async function lastStates(run: Run, name: EnvironmentName): Promise<Targets> {
  const found = (await walk(run, [name])).get(name);
  const [first, ...earlier] = found?.states ?? [];
  if (found === undefined || first === undefined) throw new Error("the state of now was not found");
  const targets: Target[] = [];
  const jobs = [...first.jobs];
  for (const reached of earlier) {
    const past = await pastState(run, reached, name);
    // What was undone before is the state of now, or one that is listed already.
    const isKnown = (past.objects === 0 && past.unknown.length === 0) || (await isAmong(targets, reached.state, name));
    if (!isKnown) targets.push(targetOf(run, past, reached.state, jobs));
    jobs.push(...reached.jobs);
  }
  return { now: await pastState(run, first, name), targets, end: found.end };
}

async function isAmong(targets: readonly Target[], state: TreeState, name: EnvironmentName): Promise<boolean> {
  for (const { old } of targets) if (await isSameState(old, state, name)) return true;
  return false;
}

/** The state that a commit of anybody's choice has. */
export async function givenState(run: Run, name: EnvironmentName, to: string): Promise<Targets> {
  const { session, history } = run;
  const found = await session.repository.resolve(to);
  if (found.kind === "problem") throw new UsageError(`--to ${to}: ${found.problem.message}`);
  const short = found.id.slice(0, 12);
  const at = history.commits.findIndex(({ commit }) => commit === found.id);
  const only = at === -1 ? (await readHistory(session.repository.root, found.id, 1)).commits[0] : history.commits[at];
  if (only === undefined) throw new Error(`the commit ${short} was not read`);
  const old = await session.readCommit(found.id);
  if (!old.origins.has(name) || !(await hasObjects(old, name)))
    throw new UsageError(
      `${name ?? "what lands in no environment"} did not exist at ${short}: there is nothing to go back to`,
    );
  const since = at === -1 ? history.commits.slice(0, 1) : history.commits.slice(0, at + 1);
  const between = await walkStates({
    history: { commits: since, end: "commits" },
    environments: [name],
    limit: since.length,
    read: session.readCommit,
  });
  const [first, ...rest] = between.get(name)?.states ?? [];
  if (first === undefined) throw new Error("the state of now was not found");
  const past = await pastState(run, { commit: only, state: old }, name);
  if (past.objects === 0 && past.unknown.length === 0)
    throw new UsageError(`${name ?? "the desired state"} is now what it was at ${short}: there is nothing to go back`);
  const last = rest.at(-1)?.commit.commit === found.id ? rest.slice(0, -1) : rest;
  const jobs = [first, ...last].flatMap((one) => one.jobs);
  return {
    now: await pastState(run, first, name),
    targets: [targetOf(run, past, old, jobs)],
    end: "limit",
  };
}

function targetOf({ history }: Run, past: PastState, old: TreeState, jobs: Target["jobs"]): Target {
  const [newest, before] = history.commits;
  const undoes: BranchCommit | undefined = before?.commit === past.commit ? newest : undefined;
  return { past, old, jobs: [...jobs], ...(undoes === undefined ? {} : { undoes }) };
}
