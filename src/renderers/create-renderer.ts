import { availableParallelism } from "node:os";
import type { Renderer, RenderOutcome } from "../model/renderer.ts";
import { shippedModule, type ShippedModule } from "../wasm/shipped-module.ts";
import { renderKustomize } from "./kustomize.ts";
import { createModulePool, type ModulePool } from "./module-pool.ts";
import { renderSubstitute } from "./substitute.ts";

export interface RendererOptions {
  /** Where modules are kept unpacked. */
  readonly cacheDir: string;
  /** At most so many for each module; default: the number of cores, at most 4. */
  readonly processes?: number;
  /** Of one render; default 60,000. */
  readonly deadlineMs?: number;
  /** Of each process's own memory; default 1024. */
  readonly memoryLimitMiB?: number;
  /** A process ends after so long without work; default 60,000. */
  readonly idleMs?: number;
  /** Other modules than those that ship. */
  readonly modules?: { readonly kustomize?: ShippedModule };
}

/** Renders in WebAssembly; nothing is started or unpacked before a request needs it. */
export function createRenderer(options: RendererOptions): Renderer & { readonly pids: () => readonly number[] } {
  const kustomizeModule = options.modules?.kustomize ?? shippedModule("kustomize");
  const kustomize = createPool(kustomizeModule, options);
  return {
    digest: kustomizeModule.sha256,
    kustomize: (request) => renderKustomize(kustomize, request),
    substitute: (request) => renderSubstitute(kustomize, request),
    helm: () => notYet("Helm charts"),
    goTemplate: () => notYet("Go templates"),
    pids: () => kustomize.pids(),
    close: () => kustomize.close(),
  };
}

function createPool(module: ShippedModule, options: RendererOptions): ModulePool {
  return createModulePool({
    module,
    cacheDir: options.cacheDir,
    processes: options.processes ?? Math.min(availableParallelism(), 4),
    deadlineMs: options.deadlineMs ?? 60_000,
    memoryLimitMiB: options.memoryLimitMiB ?? 1024,
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
  });
}

async function notYet(what: string): Promise<RenderOutcome<never>> {
  return { kind: "failed", message: `${what} are not rendered yet` };
}
