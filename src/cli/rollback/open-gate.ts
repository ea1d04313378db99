import { documentSources } from "../../config/document-sources.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import { openDocumentParser } from "../../engine/open-document-parser.ts";
import { openJudge } from "../../engine/open-judge.ts";
import { withDocumentJudges } from "../../engine/with-document-judges.ts";
import type { CheckRequest } from "../../gate/check-request.ts";
import { check } from "../../gate/check.ts";
import type { BuiltinCheck, StateChange } from "../../model/builtin-check.ts";
import type { Report } from "../../model/report.ts";
import type { Tree } from "../../model/tree.ts";
import { defaultCacheDirectory } from "../../rego/toolchain/cache-directory.ts";
import { buildDigest } from "../build-digest.ts";
import { openDerivedFiles } from "../derived-files.ts";
import type { ConfigurationReading } from "../read-configuration.ts";
import { readPolicies, type PolicyOptions } from "../read-policies.ts";

/** A judged change, with what it does to the desired state. */
export interface JudgedChange {
  readonly report: Report;
  readonly change: StateChange;
}

/** The gate as `check --base` opens it, for several changes of one base. The caller must close it. */
export interface OpenGate {
  judge(before: Tree, after: Tree): Promise<JudgedChange>;
  close(): Promise<void>;
}

/** The parts of the request that do not depend on the change. */
export type GateMeans = Required<Pick<CheckRequest, "renderer" | "repositories" | "branches" | "now" | "config">> &
  Pick<CheckRequest, "remotes" | "cache" | "onProgress" | "deadline">;

/** Opens the policies of a configuration for changes that are judged by them. */
export async function openGate(
  options: PolicyOptions,
  configuration: ConfigurationReading,
  means: GateMeans,
  { cwd, say }: { readonly cwd: string; readonly say: (line: string) => void },
): Promise<OpenGate> {
  const policies = await readPolicies(options, configuration, cwd, say);
  const { config, source, tree, problems: ofConfiguration } = configuration;
  const derived = openDerivedFiles(defaultCacheDirectory(), buildDigest());
  const ofDocuments = await documentSources(tree, config, source);
  const opening = { derived, print: () => {} };
  const judge = withDocumentJudges(
    await openJudge(policies.sources, means.now, { ...opening, rules: config.schemas.enabled }),
    await Promise.all(ofDocuments.map((one) => openJudge(one.sources, means.now, { ...opening, rules: false }))),
  );
  const documentParser = openDocumentParser();
  const { builtins, problems } = builtinChecks(config, source);
  return {
    judge: async (before, after) => {
      let seen: StateChange | undefined;
      const watch = (change: StateChange): void => void (seen = change);
      const report = await check({
        ...means,
        ...(source === undefined ? {} : { configSource: source }),
        before,
        after,
        judge,
        derived,
        documentParser,
        builtins: builtins.map((builtin) => watched(builtin, watch)),
        judged: { before: before.name, after: after.name, how: "head on top of base" },
        unusedPolicies: policies.unused,
        problems: [
          ...ofConfiguration,
          ...policies.problems,
          ...policies.refused,
          ...ofDocuments.flatMap(({ problems: found, refused }) => [...found, ...refused]),
          ...problems,
        ],
        allowEmpty: true,
      });
      return { report, change: seen ?? nothing };
    },
    close: async () => {
      documentParser.close();
      await Promise.all([judge.close(), derived.save()]);
    },
  };
}

/** The check as it is, so that what it found before is known, with the change told to `watch` where it asks for changes. */
function watched(builtin: BuiltinCheck, watch: (change: StateChange) => void): BuiltinCheck {
  const { ofChange } = builtin;
  if (ofChange === undefined) return builtin;
  return {
    ...builtin,
    ofChange: (change) => {
      watch(change);
      return ofChange(change);
    },
  };
}

/** What a change does that was refused before it was compared; problems tell why. */
const nothing: StateChange = {
  changes: [],
  before: { manifests: [], sources: new Map(), gaps: [] },
  after: { manifests: [], sources: new Map(), gaps: [] },
  unjudged: [],
};
