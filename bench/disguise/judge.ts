import { defaultConfig } from "../../src/config/default-config.ts";
import { builtinChecks } from "../../src/engine/builtin-checks.ts";
import { check } from "../../src/gate/check.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { Config } from "../../src/model/config.ts";
import type { Renderer } from "../../src/model/renderer.ts";
import type { Report } from "../../src/model/report.ts";
import { createJudge, defaultLimits } from "../../src/rego/create-judge.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";
import { apply } from "./applied.ts";
import type { Delivery, Files } from "./delivery.ts";
import { here } from "./objects.ts";
import { makePullRequest, type Kind, type PullRequest } from "./pull-request.ts";
import { offends, policy } from "./violations.ts";

/** One of so many pull requests is asked whether it reaches a cluster though it was blocked. */
const sampled = 10;
const now = "2027-01-01T00:00:00Z";

/** How a pull request ended. */
export interface Outcome {
  readonly pull: PullRequest;
  /**
   * Whether a cluster gets a violation, or content that the gate cannot see; of a harmless one also: nothing at all. Asked
   * where the end alone does not tell whether it is right, and of a sample. */
  readonly reaches?: boolean;
  readonly report: Report;
  /** `passed` lets the change through; else what blocks it, the policy's own finding first. */
  readonly ended: "passed" | "finding" | "danger" | "problem";
}

/** Makes pull requests and judges them with one engine. */
export interface Generator {
  run(seed: number, index: number, kind?: Kind): Promise<Outcome>;
  close(): Promise<void>;
}

export async function createGenerator(cacheDir: string): Promise<Generator> {
  const toolchain = createToolchain({ cacheDir });
  const judge = await createJudge(
    { files: [{ path: "policies/disguised.rego", text: policy }], data: [], regoVersion: "v1" },
    { toolchain, now, cacheDir, ...defaultLimits },
  );
  const renderer = createRenderer({ cacheDir, processes: 1 });
  const cache = memoryCache(64 * 1024 * 1024);
  const judged = ({ repository, head }: PullRequest): Promise<Report> => {
    const config = repository.environments ? withEnvironments : plain;
    return check({
      before: memoryTree(Object.fromEntries(repository.files), "before"),
      after: memoryTree(Object.fromEntries(head), "after"),
      config,
      judge,
      builtins: builtinChecks(config, undefined).builtins,
      renderer,
      repositories: [here],
      branches: ["main"],
      now,
      judged: { before: "before", after: "after", how: "test merge" },
      cache,
    });
  };
  return {
    async run(seed, index, kind = {}) {
      const isHarmless = kind.harmless === true;
      const pull = makePullRequest(seed, index, kind);
      const report = await judged(pull);
      const ended = endOf(report);
      const asks = isHarmless ? ended !== "passed" : ended === "passed" || index % sampled === 0;
      if (!asks) return { pull, report, ended };
      const reaches = isHarmless
        ? pull.unseen || (await isRefused(pull, renderer))
        : await reachesCluster(pull, renderer);
      return { pull, reaches, report, ended };
    },
    async close() {
      await judge.close();
      toolchain.close();
      renderer.close();
    },
  };
}

const plain: Config = { ...defaultConfig, schemas: { enabled: false } };
const stage = (path: string): Config["environments"][string] => ({
  paths: [`**/overlays/${path}`, `**/overlays/${path}/**`],
  clusters: [],
  levels: {},
  parameters: {},
});
const withEnvironments: Config = { ...plain, environments: { production: stage("prod") } };

/** Whether a cluster gets a violation of the head that it does not have yet, by what delivered the base or delivers the head. */
async function reachesCluster(
  { repository, head, deliveries, unseen }: PullRequest,
  renderer: Renderer,
): Promise<boolean> {
  if (unseen) return true;
  for (const delivery of new Set([...repository.deliveries, ...deliveries])) {
    const after = await offending(delivery, head, renderer);
    if (after.length === 0) continue;
    const old = repository.deliveries.find(({ name }) => name === delivery.name);
    const before = new Set(old === undefined ? [] : await offending(old, repository.files, renderer));
    if (after.some((name) => !before.has(name))) return true;
  }
  return false;
}

async function offending(delivery: Delivery, files: Files, renderer: Renderer): Promise<readonly string[]> {
  const applied = await apply(delivery, files, renderer);
  if (applied.kind === "failed") return [];
  return applied.objects
    .filter(offends)
    .map(({ kind, metadata }) => `${kind} ${metadata?.namespace} ${metadata?.name}`);
}

/** Whether a tool refuses the head where it accepted the base. */
async function isRefused({ head, deliveries }: PullRequest, renderer: Renderer): Promise<boolean> {
  for (const delivery of deliveries) if ((await apply(delivery, head, renderer)).kind === "failed") return true;
  return false;
}

function endOf({ verdict, findings }: Report): Outcome["ended"] {
  if (verdict !== "fail" && verdict !== "error") return "passed";
  const denied = findings.filter(({ status, level }) => status === "introduced" && level === "deny");
  if (denied.some(({ policy: id }) => id.startsWith("disguised"))) return "finding";
  return denied.length > 0 ? "danger" : "problem";
}
