import type { RemotesConfig } from "../model/config.ts";
import type { Judge } from "../model/judge.ts";
import type { PolicyFile, PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Remotes } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import { createJudge, defaultLimits } from "../rego/create-judge.ts";
import { mergeData } from "../rego/merge-data.ts";
import { createToolchain, type Toolchain } from "../rego/toolchain/toolchain.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { openServerRemotes, type JudgedRepository } from "./server-remotes.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/** Policies with the tests beside them. */
export interface TestedPolicies {
  readonly sources: PolicySources;
  readonly tests: readonly PolicyFile[];
}

/** What the App needs from the rooms for Rego, Kustomize and Helm. */
export interface Engine {
  readonly makeJudge: (sources: PolicySources, now: string) => Promise<Judge>;
  /** Runs the policy tests and returns a problem for each that fails. */
  readonly runTests: (policies: TestedPolicies) => Promise<readonly Problem[]>;
  readonly renderer: Renderer;
  /** What servers have, for one job; undefined where the configuration lets nothing be fetched. */
  readonly openRemotes: (config: RemotesConfig, judged: JudgedRepository) => Remotes | undefined;
}

export interface EngineOptions {
  /** Of everything that can be made again. */
  readonly cacheDirectory: string;
  /** Of what was fetched from servers. */
  readonly remotesDirectory: string;
  /** The file of credentials for servers. */
  readonly credentialsPath?: string;
  /** Patterns of URLs whose hosts may have private addresses. */
  readonly hosts?: readonly string[];
}

/** Creates the toolchain of OPA and the renderers, with their caches in one directory. */
export function createEngine(options: EngineOptions): Engine & { close(): void } {
  const toolchain = createToolchain({ cacheDir: options.cacheDirectory });
  const own = createRenderer({ cacheDir: options.cacheDirectory });
  const renderer = keepingRenderings(own, options.cacheDirectory);
  const { remotesDirectory, credentialsPath, hosts = [] } = options;
  return {
    makeJudge: (sources, now) =>
      createJudge(sources, { toolchain, now, cacheDir: options.cacheDirectory, ...defaultLimits }),
    runTests: (set) => failedTests(toolchain, set),
    renderer,
    openRemotes: (config, judged) =>
      openServerRemotes(config, judged, {
        directory: remotesDirectory,
        hosts,
        versions: own.versions,
        ...(credentialsPath === undefined ? {} : { credentialsPath }),
      }),
    close: () => {
      toolchain.close();
      renderer.close();
    },
  };
}

/** The failed tests beside the policies, as problems. No tests is a pass. */
async function failedTests(toolchain: Toolchain, set: TestedPolicies): Promise<readonly Problem[]> {
  if (set.tests.length === 0) return [];
  const { data } = mergeData(set.sources.data);
  const outcome = await toolchain.test({
    modules: [...set.sources.files, ...set.tests].map(({ path, text }) => ({
      path,
      text,
      regoVersion: set.sources.regoVersion,
    })),
    data,
  });
  if (outcome.kind === "failed")
    return [{ stage: "evaluate", message: `the policy tests did not run: ${outcome.message}` }];
  const { results, errors } = outcome.answer;
  return [
    ...errors.map(({ path, line, message }): Problem => ({ stage: "compile", path, line, message })),
    ...results
      .filter((result) => result.outcome === "fail" || result.outcome === "error")
      .map((result): Problem => ({
        stage: "evaluate",
        path: result.path,
        line: result.failedAt?.line ?? result.line,
        message: `the policy test ${result.package}.${result.name} failed${result.error === undefined ? "" : `: ${result.error.message}`}`,
      })),
  ];
}
