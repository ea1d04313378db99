import { createHash } from "node:crypto";
import { CONFIG_FILE, MISNAMED, MISNAMED_CONFIG_FILE } from "../../config/config-file.ts";
import { readByPolicies } from "../../config/config-file-sources.ts";
import { defaultConfig } from "../../config/default-config.ts";
import { mountedTrees } from "../../config/mounted-trees.ts";
import { readWrittenConfig, type ConfigSource } from "../../config/read-config.ts";
import { CONVENTIONAL, namedPolicies } from "../../config/named-policies.ts";
import { trustedRoots } from "../../config/signers.ts";
import { documentSources } from "../../config/document-sources.ts";
import { isBelow } from "../../config/policy-files.ts";
import { policySources, type PolicyReading } from "../../config/policy-sources.ts";
import { isOfScenario } from "../../config/scenario-files.ts";
import { fixturesIn } from "../../engine/authoring/fixtures.ts";
import { builtinChecks } from "../../engine/builtin-checks.ts";
import type { AuthoredPolicies, Requirements } from "../../engine/examine-policies.ts";
import { rulesOwners, type RulesOwners } from "../../gate/approvals/owners-of.ts";
import { codeOwnersOf, readCodeOwners } from "../../gate/code-owners.ts";
import type { Engine } from "../../engine/judge-engine.ts";
import { withDocumentJudges } from "../../engine/with-document-judges.ts";
import { extendedConfig } from "../../engine/policies/extended-config.ts";
import type { FetchFor } from "../../engine/policies/policy-fetch.ts";
import { referencedPolicies, type ReferenceMeans } from "../../engine/policies/referenced-policies.ts";
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
      /** What judges documents. */
      readonly documents: readonly PolicySources[];
      /** Who owns which rules, as this tree says. */
      readonly owners: RulesOwners;
      readonly tests: readonly PolicyFile[];
      readonly authored: AuthoredPolicies;
      readonly judge: Judge;
      /** If there is any problem, the set must not come into force. */
      readonly problems: readonly Problem[];
      readonly digest: string;
    };

const nothingFetched: ReferenceMeans["fetch"] = async () => ({ kind: "refused", message: "it is not fetched here" });

/**
 * Reads and compiles the configuration and policies of a tree. Never rejects because of the content of the tree. Rejects with PoliciesUnanswered
 * where a server with policies does not answer.
 */
export async function readPolicySet(
  own: Tree,
  makeJudge: Engine["makeJudge"],
  now: string,
  fetchFor: FetchFor = () => nothingFetched,
): Promise<PolicySet> {
  const entries = await own.list();
  const named = (name: string): TreeEntry | undefined => entries.find(({ path }) => path === name);
  const entry = named(CONFIG_FILE) ?? named(MISNAMED_CONFIG_FILE);
  if (entry === undefined) return { kind: "none" };
  const text = entry.kind === "file" ? new TextDecoder().decode(await own.read(entry.path)) : "";
  const written = readWrittenConfig(entry.path, text);
  const extended = await extendedConfig(written, { treeOf: () => own, fetchFor, defaults: defaultConfig });
  const { config, source, problems } = extended;
  const tree = mountedTrees(own, extended.mounts);
  const policies = await namedPolicies(tree, config);
  const { signatures, data, environments } = config;
  const found = await referencedPolicies(tree, policies, { source, signatures, fetch: fetchFor(config) });
  const { regoVersionOf, unavailable } = found;
  const reading = await policySources(
    found.tree,
    {
      policies: found.policies,
      combine: config.combine,
      data: [...data, ...found.data],
      environments,
      kubernetes: config.schemas.kubernetes,
      regoVersionOf,
      unavailable,
    },
    source,
    libraryTree(),
  );
  const codeOwners = await codeOwnersOf(own);
  const ofDocuments = await documentSources(tree, config, source);
  const judge = withDocumentJudges(
    await makeJudge(reading.sources, now, config.schemas.enabled),
    await Promise.all(ofDocuments.map(({ sources }) => makeJudge(sources, now, false))),
  );
  return {
    kind: "set",
    config,
    roots: [
      ...policyRoots(config, policies),
      ...extended.paths,
      ...config.data,
      ...documentRoots(config),
      ...trustedRoots(config),
      ...[reading, ...ofDocuments].flatMap(({ sources }) => [...readByPolicies(sources).keys()]),
    ],
    source,
    sources: reading.sources,
    documents: ofDocuments.map(({ sources }) => sources),
    owners: rulesOwners(config.owners, readCodeOwners(codeOwners)),
    tests: reading.tests,
    authored: authoredIn(own, entries, reading, policies),
    judge,
    problems: [
      ...(entry.path === CONFIG_FILE ? [] : [configProblem(entry, MISNAMED)]),
      ...(entry.kind === "file" ? [] : [configProblem(entry, `is a ${entry.kind}; expected a file`)]),
      ...problems,
      ...found.problems,
      ...reading.problems,
      ...reading.refused,
      ...ofDocuments.flatMap(({ problems: found, refused }) => [...found, ...refused]),
      ...judge.problems,
      ...(judge.policies.length === 0 && judge.problems.length === 0 ? [noRule(policies)] : []),
    ],
    digest: createHash("sha256")
      .update(JSON.stringify([judge.digest, config, ...(config.approvals === "on" ? [codeOwners] : [])]))
      .digest("hex"),
  };
}

/** What the rules in force require of a change of policies. */
export function requirementsOf({ config, source }: Extract<PolicySet, { readonly kind: "set" }>): Requirements {
  return { config, builtins: builtinChecks(config, source).builtins };
}

/** What of a policy set is in the tree itself, with the fixtures beside it. */
function authoredIn(
  tree: Tree,
  entries: readonly TreeEntry[],
  { sources, tests }: Pick<PolicyReading, "sources" | "tests">,
  policies: readonly string[],
): AuthoredPolicies {
  const files = new Set(entries.filter(({ kind }) => kind === "file").map(({ path }) => path));
  const beside = [...files].filter((path) => !isOfScenario(path) && policies.some((written) => isBelow(path, written)));
  const own = [...sources.files, ...tests].map(({ path }) => path).filter((path) => files.has(path));
  return { tree, own: new Set(own), fixtures: fixturesIn(beside) };
}

/** A configuration that extends one has the policies of these directories as well, if there are any. */
function policyRoots(config: Config, named: readonly string[]): readonly string[] {
  if (config.policies.length === 0) return CONVENTIONAL;
  return config.extends.length === 0 ? named : [...named, ...CONVENTIONAL];
}

/** The paths that the policies of documents are read from. */
function documentRoots({ documents }: Config): readonly string[] {
  return documents.flatMap(({ policies, data }) => [...policies, ...data]);
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
