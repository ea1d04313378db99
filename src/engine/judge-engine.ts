import type { RemotesConfig } from "../model/config.ts";
import type { Judge } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import type { Remotes } from "../model/remotes.ts";
import type { Renderer } from "../model/renderer.ts";
import type { DocumentParser } from "../model/document-parser.ts";
import { defaultLimits } from "../rego/create-judge.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";
import { createRenderer } from "../renderers/create-renderer.ts";
import { examinePolicies, type Requirements, type TestedPolicies, type Unreached } from "./examine-policies.ts";
import { makeJudge } from "./make-judge.ts";
import { openDocumentParser } from "./open-document-parser.ts";
import { openServerRemotes, type JudgedRepository } from "./server-remotes.ts";
import { keepingRenderings } from "../renderers/keep-renderings.ts";

/** What the App needs from the rooms for Rego, Kustomize and Helm. */
export interface Engine {
  /** `rules`: as of `MakeJudgeOptions`. */
  readonly makeJudge: (sources: PolicySources, now: string, rules?: boolean) => Promise<Judge>;
  /** Runs tests and fixtures of policies, and lints them: a problem for everything that is required and not reached. */
  readonly examine: (policies: TestedPolicies, required?: Requirements) => Promise<readonly Unreached[]>;
  readonly renderer: Renderer;
  readonly documentParser: DocumentParser;
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
  const documentParser = openDocumentParser(options.cacheDirectory);
  const { remotesDirectory, credentialsPath, hosts = [] } = options;
  return {
    makeJudge: (sources, now, rules = false) =>
      makeJudge(sources, { toolchain, now, rules, cacheDir: options.cacheDirectory, ...defaultLimits }),
    examine: (set, required) => examinePolicies({ toolchain, parser: documentParser }, set, required),
    renderer,
    documentParser,
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
      documentParser.close();
    },
  };
}
