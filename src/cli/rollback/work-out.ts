import { CONFIG_FILE } from "../../config/config-file.ts";
import {
  compareStates,
  manifestOf,
  type EnvironmentName,
  type TreeState,
} from "../../gate/rollback/environment-states.ts";
import { changedImages } from "../../gate/rollback/images.ts";
import { lossesOf } from "../../gate/rollback/losses.ts";
import { objectName } from "../../gate/rollback/object-name.ts";
import { relevantPaths } from "../../gate/rollback/relevant-paths.ts";
import { deletionEffect } from "../../gate/dangers/deletion-effect.ts";
import type { StateChange } from "../../model/builtin-check.ts";
import type { Change } from "../../model/change.ts";
import type { Config } from "../../model/config.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Report } from "../../model/report.ts";
import type {
  NoRollback,
  PastState,
  Rollback,
  RollbackBlock,
  RollbackObject,
  RollbackVerdict,
  SharedEnvironment,
} from "../../model/rollback.ts";
import { blocksBy } from "../../report/format.ts";
import { restoredTree } from "../../tree/restored-tree.ts";
import { gitCommands } from "./git-commands.ts";
import { changedPaths, type BranchCommit } from "./history.ts";
import type { OpenGate } from "./open-gate.ts";
import type { Session } from "./session.ts";
import { findWayBack, type WayBack } from "./way-back.ts";

/** One state to go back to. */
export interface Target {
  readonly past: PastState;
  readonly old: TreeState;
  /** Jobs that came or changed since then. */
  readonly jobs: readonly Manifest[];
  /** The commit that going back undoes, where it is one alone. */
  readonly undoes?: BranchCommit;
}

/** The branch and the environment that go back. */
export interface Subject {
  readonly session: Session;
  readonly gate: OpenGate;
  readonly environment: EnvironmentName;
  readonly now: TreeState;
  readonly isBelowRoot: boolean;
}

/** A rollback, and the files that make it; without these there is none. */
export interface WorkedOut {
  readonly rollback: Rollback | NoRollback;
  readonly way?: WayBack;
}

/** Works out what going back to one state takes, changes and does not bring back. */
export async function workOut(subject: Subject, target: Target): Promise<WorkedOut> {
  const { session, gate, environment, now, isBelowRoot } = subject;
  const { past, old } = target;
  const { config } = session.configuration;
  const differing = await changedPaths(session.repository.root, session.base.commit, past.commit);
  const changed = new Set(differing.keys());
  const way = await findWayBack({
    now,
    old,
    environment,
    changed,
    isRule: isRule(config),
    restored: (paths) =>
      session.read(restoredTree(now.tree, old.tree, paths, `${past.commit.slice(0, 12)} for ${environment ?? "all"}`)),
  });
  if (way === undefined) return { rollback: { ...past, problem: whyNot(past) } };
  const { report, change } = await gate.judge(now.tree, way.state.tree);
  const declarations = new Set([now, old].flatMap((one) => [...relevantPaths(one, environment).declarations]));
  const own = ofEnvironment(change, environment);
  const { changes } = own;
  return {
    way,
    rollback: {
      ...past,
      images: changedImages(changes),
      changes: changes.flatMap((one) => objectOf(one, own)),
      losses: lossesOf({ change: own, whole: change, environment, jobs: target.jobs }, config),
      gate: verdictOf(report, config),
      shared: await sharedWith(subject, way, declarations),
      paths: [...way.paths]
        .toSorted()
        .map((path) => ({ path, kind: differing.get(path) === true ? "restored" : "removed" })),
      commands: gitCommands({
        to: past.commit,
        environment,
        paths: way.paths,
        changed,
        isBelowRoot,
        ...(target.undoes === undefined || way.paths.size !== changed.size ? {} : { undoes: target.undoes }),
      }),
    },
  };
}

function whyNot({ unknown }: PastState): string {
  return unknown.length > 0
    ? `it cannot be rendered completely: ${unknown[0] ?? ""}`
    : "no files of the repository make this state again: what differs is on servers, or in the configuration";
}

/** Whether a path belongs to the rules of the gate, which stay those of now. */
function isRule({ policies, data, waivers }: Config): (path: string) => boolean {
  const rules = [CONFIG_FILE, ...policies, ...data, ...waivers.files].map((path) => path.replace(/^\.\/|\/$/g, ""));
  return (path) => rules.some((rule) => path === rule || path.startsWith(`${rule}/`));
}

/** The part of a change that is about one environment. */
function ofEnvironment(change: StateChange, environment: EnvironmentName): StateChange {
  return { ...change, changes: change.changes.filter((one) => manifestOf(one).environment === environment) };
}

function objectOf(change: Change, all: StateChange): readonly RollbackObject[] {
  const manifest = objectName(manifestOf(change));
  switch (change.kind) {
    case "created":
    case "updated":
      return [{ kind: change.kind, manifest }];
    case "moved":
      return change.equal ? [] : [{ kind: "updated", manifest }];
    case "deleted":
      return [
        { kind: "deleted", manifest, ...(deletionEffect(change.before, all).kind === "kept" ? { stays: true } : {}) },
      ];
    case "unchanged":
      return [];
    default:
      return change satisfies never;
  }
}

function verdictOf({ verdict, findings, problems }: Report, { block }: Config): RollbackVerdict {
  const blocks = blocksBy({ failOn: "deny", block });
  return {
    verdict,
    blocking: [...problems.filter(blocks), ...findings.filter(blocks)].map(blockOf),
    warnings: findings.filter((one) => one.status === "introduced" && one.level === "warn" && one.waiver === undefined)
      .length,
  };
}

function blockOf(one: Finding | ReportedProblem): RollbackBlock {
  if ("stage" in one) {
    const { message, path, line } = one;
    return { message, ...(path === undefined ? {} : { path }), ...(line === undefined ? {} : { line }) };
  }
  const { policy, message, manifest, location } = one;
  return { policy, message, manifest, path: location.path, line: location.line };
}

/** The other environments that the files change. The GitOps objects that lead to this one are part of it, wherever they land. */
async function sharedWith(
  { now, environment }: Subject,
  { paths, state }: WayBack,
  declarations: ReadonlySet<string>,
): Promise<readonly SharedEnvironment[]> {
  const names = new Set([...now.origins.keys(), ...state.origins.keys()]);
  const shared: SharedEnvironment[] = [];
  for (const name of names) {
    if (name === environment) continue;
    const { changes } = await compareStates(now, state, name);
    const objects = changes.filter((change) => !declarations.has(manifestOf(change).position.path)).length;
    if (objects === 0) continue;
    const read = [now, state].flatMap((one) => [...relevantPaths(one, name).own]);
    shared.push({
      ...(name === undefined ? {} : { environment: name }),
      objects,
      paths: [...new Set(read)].filter((path) => paths.has(path)).toSorted(),
    });
  }
  return shared.toSorted((one, other) => ((one.environment ?? "") < (other.environment ?? "") ? -1 : 1));
}
