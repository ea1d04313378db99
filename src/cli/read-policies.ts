import { conventionalPolicies, LIBRARY, namedPolicies } from "../config/named-policies.ts";
import type { PolicyReading } from "../config/policy-sources.ts";
import { policySources } from "../config/policy-sources.ts";
import type { ConfigSource } from "../config/read-config.ts";
import type { Config } from "../model/config.ts";
import type { Tree } from "../model/tree.ts";
import { directoryTree } from "../tree/directory-tree.ts";
import { libraryTree } from "../tree/library-tree.ts";
import { namedPaths } from "./paths.ts";
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

/**
 * Reads the policy set of a run: that of `--policy`; else that of the configuration; else ./policies or ./policy if it
 * contains Rego; else the library that ships. `say` is called with a message for each of the last two.
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
  const { data, environments } = config;
  const extraData = await readNamed([], options.data ?? [], namedScope, cwd);
  if (options.policy !== undefined) {
    const named = await readNamed(options.policy, [], namedScope, cwd);
    const configured = await policySources(tree, { policies: [], data, environments, ...scope }, source);
    return joined(joined(named, configured), extraData);
  }
  if (source !== undefined) {
    const policies = await namedPolicies(tree, config);
    const selection = { policies, data, environments, ...scope };
    return joined(await policySources(tree, selection, source, libraryTree()), extraData);
  }
  const found = await conventionalPolicies(tree);
  if (found !== undefined) {
    say(`no portcullis.yaml in ${inForce.where}: using the policies in ${found}/`);
    return joined(await policySources(tree, { policies: [found], data: [], ...scope }), extraData);
  }
  say(`no portcullis.yaml and no policies/ or policy/ with Rego in ${inForce.where}: using the shipped library`);
  const library = await policySources(tree, { policies: [LIBRARY], data: [], ...scope }, source, libraryTree());
  return joined(library, extraData);
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
  const ofPolicies = paths.slice(0, policies.length);
  refuseBundles(policies);
  const reading = await policySources(tree, { policies: ofPolicies, data: paths.slice(policies.length), ...scope });
  return renamed(reading, shown);
}

function refuseBundles(named: readonly string[]): void {
  for (const path of named) {
    if (/\.(tar\.gz|tgz)$/.test(path)) throw new UsageError(`--policy ${path}: OPA bundles are not supported yet`);
  }
}

function renamed(
  { sources, tests, problems, refused, unused }: PolicyReading,
  shown: (path: string) => string,
): PolicyReading {
  const rename = <F extends { readonly path: string }>(file: F): F => ({ ...file, path: shown(file.path) });
  return {
    sources: { ...sources, files: sources.files.map(rename), data: sources.data.map(rename) },
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
    },
    tests: once([...a.tests, ...b.tests]),
    problems: [...a.problems, ...b.problems],
    refused: [...a.refused, ...b.refused],
    unused: [...a.unused, ...b.unused],
  };
}

function once<F extends { readonly path: string }>(files: readonly F[]): readonly F[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
