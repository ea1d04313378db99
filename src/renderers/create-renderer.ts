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
import { renderJsonnet } from "./jsonnet.ts";
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
  readonly modules?: { readonly [name in "kustomize" | "helm" | "jsonnet"]?: ShippedModule };
}

// Charts ask for the time and for random bytes: the same chart must give the same manifests.
const always: Repeatable = { startNs: 1_735_689_600_000_000_000n, seed: "portcullis" };

/**
 * Jsonnet ends a recursion after 500 frames, each of which takes several of WebAssembly: more than V8 has room for by itself,
 * and half of what a thread has.
 */
const jsonnetStackKiB = 3900;

/** Renders in WebAssembly; nothing is started or unpacked before a request needs it. */
export function createRenderer(
  options: RendererOptions,
): Renderer & { readonly pids: () => readonly number[]; readonly versions: VersionMatcher } {
  const kustomizeModule = options.modules?.kustomize ?? shippedModule("kustomize");
  const helmModule = options.modules?.helm ?? shippedModule("helm");
  const jsonnetModule = options.modules?.jsonnet ?? shippedModule("jsonnet");
  const turns = createTurns();
  const processes = options.processes ?? Math.min(availableParallelism(), 4);
  const kustomize = createPool(kustomizeModule, { ...options, processes, turns, optimise: true });
  // Optimising Helm costs a second of processor time: more than ten large charts or a hundred small ones gain by it.
  const helmPool = createPool(helmModule, { ...options, processes, turns, optimise: false, fresh: always });
  const jsonnet = createPool(jsonnetModule, {
    ...options,
    processes,
    turns,
    optimise: true,
    stackKiB: jsonnetStackKiB,
  });
  const again = askingAgain(kustomize);
  const helm: Renderer["helm"] = (request) => renderHelm(helmPool, request);
  return {
    digest: createHash("sha256")
      .update([kustomizeModule, helmModule, jsonnetModule].map(({ sha256 }) => sha256).join("/"))
      .digest("hex"),
    sideBySide: processes,
    kustomize: (request) => renderKustomize({ pool: kustomize, again }, helm, request),
    substitute: (request) => renderSubstitute(kustomize, request),
    helm,
    goTemplate: (request) => renderGoTemplate(helmPool, request),
    resourceSet: (request) => renderResourceSet(helmPool, request),
    jsonnet: (request) => renderJsonnet(jsonnet, request),
    versions: versionMatcher(helmPool),
    pids: () => [kustomize, helmPool, jsonnet].flatMap((pool) => pool.pids()),
    close: () => [kustomize, helmPool, jsonnet].forEach((pool) => pool.close()),
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
    readonly stackKiB?: number;
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
    ...(options.stackKiB === undefined ? {} : { stackKiB: options.stackKiB }),
  });
}
