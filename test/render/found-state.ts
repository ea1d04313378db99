import { afterAll } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import type { Config } from "../../src/model/config.ts";
import type { Renderer } from "../../src/model/renderer.ts";
import type { DesiredState, DesiredStateRequest } from "../../src/render/desired-state.ts";
import { findDesiredState } from "../../src/render/find-desired-state.ts";
import { scopeOf } from "../../src/render/files/scope.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

export type Files = { readonly [path: string]: MemoryFile };

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

/** The renderer of this file's tests, counting what it is asked, and the most builds of Kustomize that were under way. */
export const rendered = { kustomize: 0, helm: 0, most: 0 };
let underWay = 0;
const counting: Renderer = {
  ...renderer,
  async kustomize(request) {
    rendered.kustomize += 1;
    underWay += 1;
    rendered.most = Math.max(rendered.most, underWay);
    const outcome = await renderer.kustomize(request);
    underWay -= 1;
    return outcome;
  },
  helm: (request) => {
    rendered.helm += 1;
    return renderer.helm(request);
  },
};

export interface Asked {
  readonly config?: Partial<Config>;
  readonly exclude?: readonly string[];
  readonly paths?: readonly string[];
  readonly repositories?: readonly string[];
  readonly cache?: Map<string, unknown>;
  /** Of the renderer; default: one. */
  readonly sideBySide?: number;
  readonly onPlanned?: NonNullable<DesiredStateRequest["onPlanned"]>;
}

/** Finds the desired state of a record of files. */
export async function stateOf(files: Files, asked: Asked = {}): Promise<DesiredState> {
  const config: Config = {
    ...defaultConfig,
    ...asked.config,
    manifests: { include: ["**"], exclude: asked.exclude ?? [] },
  };
  const held = asked.cache ?? new Map<string, unknown>();
  const cache: DesiredStateRequest["cache"] = {
    get: (key) => held.get(key),
    set: (key, value) => void held.set(key, value),
  };
  return findDesiredState(memoryTree(files), {
    scope: scopeOf(config.manifests, asked.paths),
    config,
    renderer: { ...counting, sideBySide: asked.sideBySide ?? 1 },
    repositories: asked.repositories ?? ["https://github.com/acme/gitops"],
    branches: [],
    cache,
    ...(asked.onPlanned === undefined ? {} : { onPlanned: asked.onPlanned }),
  });
}

/** Every file in scope with its standing in a few words. */
export function standings({ files }: DesiredState): { readonly [path: string]: string } {
  return Object.fromEntries(
    files.map(({ entry, role }) => {
      switch (role.kind) {
        case "rendered":
          return [entry.path, `through ${role.sources.join(", ")}`];
        case "used":
          return [entry.path, `used as ${role.as}`];
        case "skip":
          return [entry.path, `skipped: ${role.reason}`];
        case "problem":
          return [entry.path, `problem: ${role.message}`];
        case "plain":
        case "chart":
          return [entry.path, role.kind];
      }
    }),
  );
}

/** What each source yields: kind, namespace and name of its manifests, or its problems. */
export async function yields({ units }: DesiredState): Promise<{ readonly [source: string]: readonly string[] }> {
  const found: [string, readonly string[]][] = [];
  for (const unit of units) {
    const { manifests, problems } = await unit.render();
    found.push([
      unit.source.id,
      [
        ...manifests.map(
          ({ identity: { kind, namespace, name } }) =>
            `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
        ),
        ...problems.map(({ path, line, message }) => `${path}:${line}: ${message}`),
      ],
    ]);
  }
  return Object.fromEntries(found);
}
