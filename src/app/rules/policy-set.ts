import { createHash } from "node:crypto";
import { CONFIG_FILE, MISNAMED, MISNAMED_CONFIG_FILE } from "../../config/config-file.ts";
import { readConfig, type ConfigSource } from "../../config/read-config.ts";
import { CONVENTIONAL, namedPolicies } from "../../config/named-policies.ts";
import { policySources } from "../../config/policy-sources.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import type { Config } from "../../model/config.ts";
import type { Judge } from "../../model/judge.ts";
import type { PolicyFile, PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { libraryTree } from "../../tree/library-tree.ts";

/** The configuration and policies of one tree; `none` without a configuration. One in portcullis.yml has a problem. */
export type PolicySet =
  | { readonly kind: "none" }
  | {
      readonly kind: "set";
      readonly config: Config;
      /** The paths that the set is read from, whether or not they exist. */
      readonly roots: readonly string[];
      readonly source: ConfigSource;
      readonly sources: PolicySources;
      readonly tests: readonly PolicyFile[];
      readonly judge: Judge;
      /** If there is any problem, the set must not come into force. */
      readonly problems: readonly Problem[];
      readonly digest: string;
    };

/** Reads and compiles the configuration and policies of a tree. Never rejects because of the content of the tree. */
export async function readPolicySet(tree: Tree, makeJudge: Engine["makeJudge"], now: string): Promise<PolicySet> {
  const entries = await tree.list();
  const named = (name: string): TreeEntry | undefined => entries.find(({ path }) => path === name);
  const entry = named(CONFIG_FILE) ?? named(MISNAMED_CONFIG_FILE);
  if (entry === undefined) return { kind: "none" };
  const text = entry.kind === "file" ? new TextDecoder().decode(await tree.read(entry.path)) : "";
  const { config, source, problems } = readConfig(entry.path, text);
  const policies = await namedPolicies(tree, config);
  const reading = await policySources(
    tree,
    { policies, data: config.data, environments: config.environments },
    source,
    libraryTree(),
  );
  const judge = await makeJudge(reading.sources, now);
  return {
    kind: "set",
    config,
    roots: [...(config.policies.length > 0 ? policies : CONVENTIONAL), ...config.data],
    source,
    sources: reading.sources,
    tests: reading.tests,
    judge,
    problems: [
      ...(entry.path === CONFIG_FILE ? [] : [configProblem(entry, MISNAMED)]),
      ...(entry.kind === "file" ? [] : [configProblem(entry, `is a ${entry.kind}; expected a file`)]),
      ...problems,
      ...reading.problems,
      ...reading.refused,
      ...judge.problems,
      ...(judge.policies.length === 0 && judge.problems.length === 0 ? [noRule(policies)] : []),
    ],
    digest: createHash("sha256")
      .update(JSON.stringify([judge.digest, config]))
      .digest("hex"),
  };
}

function configProblem({ path }: TreeEntry, message: string): Problem {
  return { stage: "config", path, line: 1, message };
}

function noRule(named: readonly string[]): Problem {
  return {
    stage: "compile",
    path: CONFIG_FILE,
    line: 1,
    message: `no deny, violation or warn rule under ${named.join(", ")}`,
  };
}
