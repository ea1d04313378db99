import { openRemotes } from "../engine/open-remotes.ts";
import { openRenderer } from "../engine/open-renderer.ts";
import type { Config } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import type { DesiredState, DesiredStateRequest } from "../render/desired-state.ts";
import { findDesiredState } from "../render/find-desired-state.ts";
import { kustomizationNames, scopeOf, type Scope } from "../render/files/scope.ts";
import { staleHeading, staleLines } from "../report/changes.ts";
import { inert } from "../report/inert-text.ts";
import { ownRepositories } from "./own-repositories.ts";
import { progressLine, type Progress } from "./progress.ts";
import { directorySubject, type Subject } from "./subject.ts";

/** The desired state of files on disk, and of subsets of them. */
export interface DesiredSubject {
  readonly tree: Tree;
  readonly config: Config;
  /** Found on the first call. */
  readonly whole: () => Promise<DesiredState>;
  /** As it would be with this list of clusters; `onPlanned` is told of each GitOps object. */
  readonly withClusters: (
    clusters: Config["clusters"],
    onPlanned?: DesiredStateRequest["onPlanned"],
  ) => Promise<DesiredState>;
  /** The state of these paths alone, whatever `apply:` names. */
  readonly only: (paths: readonly string[]) => Promise<DesiredState>;
  /** The Kustomize root of a directory and nothing that it leads to; undefined where the directory is none. */
  readonly root: (directory: string) => Promise<DesiredState | undefined>;
  /** Must be cleared before anything is written. */
  readonly progress: Pick<Progress, "clear">;
}

/**
 * Finds the desired state of the paths on the command line and passes it to `use`; the renderer is closed when `use`
 * ends.
 */
export async function withDesiredState<Result>(
  named: readonly string[],
  options: { readonly config?: string; readonly suggest?: boolean; readonly offline?: boolean },
  use: (subject: DesiredSubject) => Promise<Result>,
): Promise<Result> {
  const progress = progressLine(process.stderr, "reading and rendering");
  try {
    return await useDesiredState(await directorySubject(named, options, process.cwd()), options, progress, use);
  } finally {
    progress.end();
  }
}

async function useDesiredState<Result>(
  subject: Subject,
  options: { readonly suggest?: boolean; readonly offline?: boolean },
  progress: Progress,
  use: (subject: DesiredSubject) => Promise<Result>,
): Promise<Result> {
  const { config, problems } = subject.configuration;
  progress.clear();
  tell(problems);
  const renderer = openRenderer();
  const remotes = openRemotes(config.remotes, { versions: renderer.versions, offline: options.offline === true });
  const known = new Map<string, unknown>();
  const cache = {
    get: (key: string) => known.get(key),
    set: (key: string, value: unknown) => void known.set(key, value),
  };
  const repositories = [...config.repositories, ...(await ownRepositories(subject.after.name))];
  const told = new Set<string>();
  const find = async (
    scope: Scope,
    by: Config,
    more: Pick<DesiredStateRequest, "follow" | "onPlanned"> = {},
  ): Promise<DesiredState> => {
    const state = await findDesiredState(subject.after, {
      ...more,
      scope,
      config: by,
      renderer,
      ...(remotes === undefined ? {} : { remotes }),
      repositories,
      branches: [],
      cache,
    });
    const stale = staleLines(state).filter((line) => !told.has(line));
    if (stale.length > 0) progress.clear();
    for (const line of stale) process.stderr.write(`${staleHeading}: ${inert(line)}\n`);
    for (const line of stale) told.add(line);
    return state;
  };
  try {
    const { apply: _, ...withoutApply } = config;
    let whole: Promise<DesiredState> | undefined;
    const ofAll = scopeOf(config.manifests, subject.paths);
    const wholeConfig = options.suggest === true ? withoutApply : config;
    return await use({
      tree: subject.after,
      config,
      whole: () => (whole ??= find(ofAll, wholeConfig)),
      withClusters: (clusters, onPlanned) =>
        find(ofAll, { ...wholeConfig, clusters }, onPlanned === undefined ? {} : { onPlanned }),
      only: (paths) => find(scopeOf(config.manifests, paths), withoutApply),
      async root(directory) {
        const scope = scopeOf(config.manifests, [directory]);
        const files = new Set((await subject.after.list()).map(({ path }) => path));
        const file = kustomizationNames
          .map((name) => (directory === "" ? name : `${directory}/${name}`))
          .find((path) => files.has(path) && scope.covers(path));
        if (file === undefined) return undefined;
        return find({ ...scope, covers: (path) => path === file }, withoutApply, { follow: false });
      },
      progress,
    });
  } finally {
    renderer.close();
    await subject.close();
  }
}

/** Prints problems on stderr, one a line. */
export function tell(problems: readonly Problem[]): void {
  for (const { stage, path, line, message } of problems) {
    const place = [path, line].filter((part) => part !== undefined).join(":");
    process.stderr.write(`problem[${stage}]: ${inert(place === "" ? message : `${place}: ${message}`)}\n`);
  }
}
