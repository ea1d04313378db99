import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Tree } from "../../model/tree.ts";
import type { DesiredState, DesiredStateRequest } from "../../render/desired-state.ts";
import { environmentsOf } from "../../render/environments.ts";
import { findDesiredState } from "../../render/find-desired-state.ts";
import { scopeOf } from "../../render/files/scope.ts";
import { originKey } from "../compare-origins.ts";
import { readOrigins } from "../judging/read-origins.ts";
import { matchStates } from "../match-states.ts";
import { isUnit, targetsOf, type Landing, type Origin, type ReadOrigin } from "../reading.ts";

/** The name of an environment; undefined: what lands in none that has a name. */
export type EnvironmentName = string | undefined;

/** The desired state of one tree, by environment. Nothing of it is rendered until it is compared. */
export interface TreeState {
  readonly tree: Tree;
  readonly state: DesiredState;
  readonly landing: Landing;
  /** What may yield objects in each environment, by key: equal keys yield equal objects. */
  readonly origins: ReadonlyMap<EnvironmentName, ReadonlyMap<string, Origin>>;
}

/** The means by which trees are read; what the cache holds is not planned or rendered again. */
export type StateMeans = Omit<DesiredStateRequest, "scope" | "baseline" | "follow" | "onPlanned" | "onRendered">;

/** Finds the desired state of a tree. */
export async function readState(tree: Tree, means: StateMeans): Promise<TreeState> {
  const { config } = means;
  const state = await findDesiredState(tree, { ...means, scope: scopeOf(config.manifests) });
  const { isClusterScoped, scopes } = state;
  const hasEnvironments = Object.keys(config.environments).length > 0;
  const landing: Landing = {
    environmentsOf: (path) => (hasEnvironments ? environmentsOf({ path }, config) : []),
    isClusterScoped,
    scopes,
  };
  const origins = new Map<EnvironmentName, Map<string, Origin>>();
  const add = (environment: EnvironmentName, of: Origin): void => {
    const known = origins.get(environment) ?? new Map<string, Origin>();
    origins.set(environment, known.set(originKey(of), of));
  };
  for (const file of state.files) {
    if (!yields(file)) continue;
    for (const { environment } of targetsOf(file, landing)) add(environment, file);
  }
  for (const unit of state.units) {
    const { environments } = unit.source;
    for (const environment of environments.length === 0 ? [undefined] : environments) add(environment, unit);
  }
  return { tree, state, landing, origins };
}

function yields({ role }: DesiredState["files"][number]): boolean {
  return role.kind !== "skip" && role.kind !== "rendered";
}

/** What one environment has otherwise in two trees. */
export interface StateDifference {
  /** What a cluster would see, from the first tree to the second. */
  readonly changes: readonly Change[];
  /** Sources and files whose objects are not known in one of the trees. */
  readonly unknown: readonly string[];
}

const same: StateDifference = { changes: [], unknown: [] };

/** Compares what two trees make of one environment: only what differs is read and rendered. */
export async function compareStates(
  before: TreeState,
  after: TreeState,
  environment: EnvironmentName,
): Promise<StateDifference> {
  if (before === after) return same;
  const [old, now] = [originsIn(before, environment), originsIn(after, environment)];
  const read = {
    before: await readAll(
      before,
      [...old].filter(([key]) => !now.has(key)).map(([, of]) => of),
    ),
    after: await readAll(
      after,
      [...now].filter(([key]) => !old.has(key)).map(([, of]) => of),
    ),
  };
  if (read.before.length === 0 && read.after.length === 0) return same;
  const { changes } = matchStates({ before: before.state, after: after.state, isChange: true }, read);
  return {
    changes: changes.filter((change) => isSeen(change) && manifestOf(change).environment === environment),
    unknown: [...new Set([...read.before, ...read.after].flatMap(unknownIn))].toSorted(),
  };
}

/** Whether two trees make the same of an environment. */
export async function isSameState(one: TreeState, other: TreeState, environment: EnvironmentName): Promise<boolean> {
  const { changes, unknown } = await compareStates(one, other, environment);
  return changes.length === 0 && unknown.length === 0;
}

/** Whether any object of a tree lands in the environment. */
export async function hasObjects(state: TreeState, environment: EnvironmentName): Promise<boolean> {
  const origins = [...originsIn(state, environment).values()];
  if (environment !== undefined || origins.some(isUnit)) return origins.length > 0;
  for await (const origin of readOrigins(state.tree, origins, state.landing))
    if (origin.kind === "read" && origin.reading.manifests.length > 0) return true;
  return false;
}

/** The object that a change is about, as it is after it, or was if it is gone. */
export function manifestOf(change: Change): Manifest {
  return change.kind === "deleted" ? change.before : change.after;
}

function isSeen(change: Change): boolean {
  return change.kind !== "unchanged" && !(change.kind === "moved" && change.equal);
}

function originsIn({ origins }: TreeState, environment: EnvironmentName): ReadonlyMap<string, Origin> {
  return origins.get(environment) ?? new Map<string, Origin>();
}

async function readAll({ tree, landing }: TreeState, origins: readonly Origin[]): Promise<readonly ReadOrigin[]> {
  const read: ReadOrigin[] = [];
  for await (const origin of readOrigins(tree, origins, landing)) read.push(origin);
  return read;
}

function unknownIn(origin: ReadOrigin): readonly string[] {
  if (origin.state === "rendered") return [];
  const { of } = origin;
  const reason = reasonOf(origin);
  return [`${isUnit(of) ? of.source.id : of.entry.path}${reason === undefined ? "" : `: ${reason}`}`];
}

function reasonOf(origin: ReadOrigin): string | undefined {
  const { problems, gaps = [] } = origin.kind === "read" ? origin.reading : origin.judged;
  return problems[0]?.message ?? gaps[0]?.reason;
}
