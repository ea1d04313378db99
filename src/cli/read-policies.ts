import { conventionalPolicies, LIBRARY, namedPolicies } from "../config/named-policies.ts";
import type { PolicyReading } from "../config/policy-sources.ts";
import { isProfile } from "../config/profiles.ts";
import { policySources } from "../config/policy-sources.ts";
import type { ConfigSource } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { PolicyObject, PolicySources } from "../model/policy.ts";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { referencedPolicies } from "../engine/policies/referenced-policies.ts";
import { readPolicyReference } from "../config/policy-reference.ts";
import { libraryTree } from "../tree/library-tree.ts";
import { isCompiled, readCompiled } from "./compiled-policies.ts";
import { namedPaths } from "./paths.ts";
import { answered, policyFetcher } from "./policy-fetcher.ts";
import { shownProblem } from "./shown-paths.ts";
import { UsageError } from "./usage-error.ts";

/** The options that choose the policy set. */
export interface PolicyOptions {
  readonly policy?: readonly string[];
  readonly data?: readonly string[];
  readonly namespace?: readonly string[];
  readonly allNamespaces?: boolean;
  readonly regoVersion: "v0" | "v1";
  readonly allowEmpty?: boolean;
  /** Profiles besides the policies that the configuration names or its defaults. */
  readonly also?: readonly string[];
  /** Nothing is fetched: what was fetched before is used. */
  readonly offline?: boolean;
}

/** The configuration in force, where it was read, and the tree that its paths refer to. */
export interface ConfigInForce {
  readonly config: Config;
  /** Absent without portcullis.yaml. */
  readonly source?: ConfigSource;
  readonly tree: Tree;
  /** A description of the tree. */
  readonly where: string;
}

function isPath(written: string): boolean {
  return !isProfile(written) && readPolicyReference(written) === undefined;
}

/** Reads the policies of a configuration, with what they name elsewhere. */
async function configuredPolicies(
  { config, source, tree }: ConfigInForce,
  policies: readonly string[],
  scope: Scope,
  offline: boolean,
): Promise<PolicyReading> {
  const { data, combine, environments, signatures } = config;
  const { kubernetes } = config.schemas;
  const fetch = policyFetcher(offline)(config);
  const found = await answered(referencedPolicies(tree, policies, { source, signatures, fetch }));
  const selection = {
    policies: found.policies,
    combine,
    data: [...data, ...found.data],
    environments,
    kubernetes,
    ...scope,
  };
  const { regoVersionOf, unavailable } = found;
  const reading = await policySources(found.tree, { ...selection, regoVersionOf, unavailable }, source, libraryTree());
  return { ...reading, problems: [...found.problems, ...reading.problems] };
}

/**
 * Reads the policy set of a run: that of `--policy`; else that of the configuration; else ./policies or ./policy if it
 * contains policies; else the library that ships. `say` is called with a message for each of the last two.
 */
export async function readPolicies(
  options: PolicyOptions,
  inForce: ConfigInForce,
  cwd: string,
  say: (line: string) => void,
): Promise<PolicyReading> {
  const scope = {
    ...(options.allNamespaces === true
      ? { namespaces: "*" as const }
      : options.namespace === undefined
        ? {}
        : { namespaces: options.namespace }),
    regoVersion: options.regoVersion,
  };
  // What the configuration names must exist, even with `--allow-empty`.
  const namedScope = options.allowEmpty === true ? { ...scope, allowEmpty: true } : scope;
  const { config, source, tree } = inForce;
  const { also = [] } = options;
  const { data, environments } = config;
  const { kubernetes } = config.schemas;
  const extraData = await readNamed([], options.data ?? [], namedScope, cwd);
  if (options.policy !== undefined) {
    const compiled = compiledReading(options, cwd);
    const named = compiled ?? (await readNamed(options.policy.filter(isPath), [], namedScope, cwd));
    const others = options.policy.filter((written) => !isPath(written));
    const beside = { config: { ...config, combine: [], data: [], environments: {} }, tree, where: inForce.where };
    const profiles = await configuredPolicies(beside, others, scope, options.offline === true);
    const configured = await policySources(tree, { policies: [], data, environments, kubernetes, ...scope }, source);
    return joined(joined(joined(named, profiles), configured), extraData);
  }
  if (source !== undefined) {
    const policies = [...(await namedPolicies(tree, config)), ...also];
    return joined(await configuredPolicies(inForce, policies, scope, options.offline === true), extraData);
  }
  const found = await conventionalPolicies(tree);
  if (found !== undefined) {
    say(`no portcullis.yaml in ${inForce.where}: using the policies in ${found}/`);
    const selection = { policies: [found, ...also], data: [], ...scope };
    return joined(await policySources(tree, selection, undefined, libraryTree()), extraData);
  }
  say(`no portcullis.yaml and no policies/ or policy/ with policies in ${inForce.where}: using the shipped library`);
  const selection = { policies: [LIBRARY, ...also], data: [], ...scope };
  const library = await policySources(tree, selection, source, libraryTree());
  return joined(library, extraData);
}

/** What `portcullis compile` wrote, where `--policy` names it; it is a whole policy set. */
function compiledReading(
  { policy = [], namespace, allNamespaces }: PolicyOptions,
  cwd: string,
): PolicyReading | undefined {
  const path = policy.find(isCompiled);
  if (path === undefined) return undefined;
  if (policy.length > 1)
    throw new UsageError(`--policy ${path}: compiled policies are used alone; compile the others with them`);
  if (namespace !== undefined || allNamespaces === true)
    throw new UsageError(`--policy ${path}: its packages were chosen when it was compiled`);
  return { sources: readCompiled(path, cwd), tests: [], problems: [], refused: [], unused: [] };
}

interface Scope {
  readonly namespaces?: readonly string[] | "*";
  readonly regoVersion: "v0" | "v1";
  readonly allowEmpty?: boolean;
}

/** Reads the policies and data named on the command line; their paths are shown relative to the working directory. */
export async function readNamed(
  policies: readonly string[],
  data: readonly string[],
  scope: Scope,
  cwd: string,
): Promise<PolicyReading> {
  const { root, paths, shown } = namedPaths([...policies, ...data], cwd);
  const tree = directoryTree(root, { paths });
  const found = await referencedPolicies(tree, paths.slice(0, policies.length), {
    source: undefined,
    signatures: [],
    fetch: () => Promise.reject(new Error("a path on disk is not fetched")),
  });
  const selection = { policies: found.policies, data: [...paths.slice(policies.length), ...found.data], ...scope };
  const { regoVersionOf, unavailable } = found;
  const reading = await policySources(found.tree, { ...selection, regoVersionOf, unavailable });
  return renamed({ ...reading, problems: [...found.problems, ...reading.problems] }, shown);
}

function renamed(
  { sources, tests, problems, refused, unused }: PolicyReading,
  shown: (path: string) => string,
): PolicyReading {
  const rename = <F extends { readonly path: string }>(file: F): F => ({ ...file, path: shown(file.path) });
  return {
    sources: {
      ...sources,
      files: sources.files.map(rename),
      data: sources.data.map(rename),
      ...configFilesOf(sources.configFiles?.map((one) => ({ ...one, module: shown(one.module) }))),
      ...objectsOf(sources.objects?.map(rename)),
    },
    tests: tests.map(rename),
    problems: problems.map((problem) => shownProblem(problem, shown)),
    refused: refused.map((problem) => shownProblem(problem, shown)),
    unused: unused.map(shown),
  };
}

/** Merges two policy sets; a file that both contain counts once. */
function joined(a: PolicyReading, b: PolicyReading): PolicyReading {
  return {
    sources: {
      ...b.sources,
      ...a.sources,
      files: once([...a.sources.files, ...b.sources.files]),
      data: once([...a.sources.data, ...b.sources.data]),
      ...levelsOf(a, b),
      ...configFilesOf([...(a.sources.configFiles ?? []), ...(b.sources.configFiles ?? [])]),
      ...objectsOf([...(a.sources.objects ?? []), ...(b.sources.objects ?? [])]),
    },
    tests: once([...a.tests, ...b.tests]),
    problems: [...a.problems, ...b.problems],
    refused: [...a.refused, ...b.refused],
    unused: [...a.unused, ...b.unused],
  };
}

/** Only one of two sets is read from profiles. */
function levelsOf(a: PolicyReading, b: PolicyReading): Pick<PolicyReading["sources"], "levels"> {
  const levels = { ...b.sources.levels, ...a.sources.levels };
  return Object.keys(levels).length === 0 ? {} : { levels };
}

function once<F extends { readonly path: string }>(files: readonly F[]): readonly F[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function configFilesOf(configFiles: PolicySources["configFiles"] = []): Pick<PolicySources, "configFiles"> {
  return configFiles.length === 0 ? {} : { configFiles };
}

function objectsOf(objects: readonly PolicyObject[] = []): Pick<PolicySources, "objects"> {
  return objects.length === 0 ? {} : { objects };
}
