import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import type { VersionMatcher } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import { askingAgain } from "./ask-again.ts";
import { shippedModule, type ShippedModule } from "../wasm/shipped-module.ts";
import type { Deadline } from "../wasm/reactor-process.ts";
import type { Repeatable } from "../wasm/wasi.ts";
import { renderGoTemplate } from "./go-template.ts";
import { renderHelm } from "./helm.ts";
import { renderKustomize } from "./kustomize.ts";
import { versionMatcher } from "./match-versions.ts";
import { createModulePool, type ModulePool } from "./module-pool.ts";
import { createTurns, type Turns } from "./turns.ts";
import { renderResourceSet } from "./resource-set.ts";
import { renderSubstitute } from "./substitute.ts";

export interface RendererOptions {
  /** Where modules are kept unpacked. */
  readonly cacheDir: string;
  /** At most so many for each module; default: the number of cores, at most 4. */
  readonly processes?: number;
  /** Of one render; default 60,000. */
  readonly deadlineMs?: Deadline;
  /** Of each process's own memory; default 1024. */
  readonly memoryLimitMiB?: number;
  /** A process ends after so long without work; default 60,000. */
  readonly idleMs?: number;
  /** Other modules than those that ship. */
  readonly modules?: { readonly kustomize?: ShippedModule; readonly helm?: ShippedModule };
}

// Charts ask for the time and for random bytes: the same chart must give the same manifests.
const always: Repeatable = { startNs: 1_735_689_600_000_000_000n, seed: "portcullis" };

/** Renders in WebAssembly; nothing is started or unpacked before a request needs it. */
export function createRenderer(
  options: RendererOptions,
): Renderer & { readonly pids: () => readonly number[]; readonly versions: VersionMatcher } {
  const kustomizeModule = options.modules?.kustomize ?? shippedModule("kustomize");
  const helmModule = options.modules?.helm ?? shippedModule("helm");
  const turns = createTurns();
  const processes = options.processes ?? Math.min(availableParallelism(), 4);
  const kustomize = createPool(kustomizeModule, { ...options, processes, turns, optimise: true });
  // Optimising Helm costs a second of processor time: more than ten large charts or a hundred small ones gain by it.
  const helmPool = createPool(helmModule, { ...options, processes, turns, optimise: false, fresh: always });
  const again = askingAgain(kustomize);
  const helm: Renderer["helm"] = (request) => renderHelm(helmPool, request);
  return {
    digest: createHash("sha256").update(`${kustomizeModule.sha256}/${helmModule.sha256}`).digest("hex"),
    sideBySide: processes,
    kustomize: (request) => renderKustomize({ pool: kustomize, again }, helm, request),
    substitute: (request) => renderSubstitute(kustomize, request),
    helm,
    goTemplate: (request) => renderGoTemplate(helmPool, request),
    resourceSet: (request) => renderResourceSet(helmPool, request),
    versions: versionMatcher(helmPool),
    pids: () => [...kustomize.pids(), ...helmPool.pids()],
    close() {
      kustomize.close();
      helmPool.close();
    },
  };
}

function createPool(
  module: ShippedModule,
  {
    fresh,
    turns,
    processes,
    optimise,
    ...options
  }: RendererOptions & {
    readonly turns: Turns;
    readonly processes: number;
    readonly optimise: boolean;
    readonly fresh?: Repeatable;
  },
): ModulePool {
  return createModulePool({
    module,
    cacheDir: options.cacheDir,
    processes,
    deadlineMs: options.deadlineMs ?? 60_000,
    memoryLimitMiB: options.memoryLimitMiB ?? 1024,
    turns,
    optimise,
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
    ...(fresh === undefined ? {} : { fresh }),
  });
}
