import type { Config } from "../model/config.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import type { DesiredState } from "../render/desired-state.ts";
import { findDesiredState } from "../render/find-desired-state.ts";
import { scopeOf } from "../render/files/scope.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";
import { inert } from "../report/inert-text.ts";
import { ownRepositories } from "./own-repositories.ts";
import { progressLine, type Progress } from "./progress.ts";
import { directorySubject, type Subject } from "./subject.ts";

/** The desired state of files on disk, and of subsets of them. */
export interface DesiredSubject {
  readonly tree: Tree;
  readonly config: Config;
  readonly state: DesiredState;
  /** The state of these paths alone, whatever `apply:` names. */
  readonly only: (paths: readonly string[]) => Promise<DesiredState>;
  /** Must be cleared before anything is written. */
  readonly progress: Pick<Progress, "clear">;
}

/**
 * Finds the desired state of the paths on the command line and passes it to `use`; the renderer is closed when `use`
 * ends.
 */
export async function withDesiredState<Result>(
  named: readonly string[],
  options: { readonly config?: string; readonly suggest?: boolean },
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
  options: { readonly suggest?: boolean },
  progress: Progress,
  use: (subject: DesiredSubject) => Promise<Result>,
): Promise<Result> {
  const { config, problems } = subject.configuration;
  progress.clear();
  tell(problems);
  const renderer = createRenderer({ cacheDir: defaultCacheDirectory() });
  const known = new Map<string, unknown>();
  const cache = {
    get: (key: string) => known.get(key),
    set: (key: string, value: unknown) => void known.set(key, value),
  };
  const repositories = [...config.repositories, ...(await ownRepositories(process.cwd()))];
  const find = (paths: readonly string[], by: Config): Promise<DesiredState> =>
    findDesiredState(subject.after, {
      scope: scopeOf(by.manifests, paths),
      config: by,
      renderer,
      repositories,
      branches: [],
      cache,
    });
  try {
    const { apply: _, ...withoutApply } = config;
    return await use({
      tree: subject.after,
      config,
      state: await find(subject.paths, options.suggest === true ? withoutApply : config),
      only: (paths) => find(paths, withoutApply),
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
