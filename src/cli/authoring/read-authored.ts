import { join } from "node:path";
import { policySources, type PolicyReading } from "../../config/policy-sources.ts";
import type { Config } from "../../model/config.ts";
import type { PolicyFile, PolicySources } from "../../model/policy.ts";
import type { Tree } from "../../model/tree.ts";
import { placeOf } from "../../report/wording.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { isUnder, namedPaths } from "../paths.ts";
import { configurationOnDisk } from "../read-configuration.ts";
import type { ConfigInForce } from "../read-policies.ts";
import { besideTested, policiesUnderTest } from "../tests/tested-policies.ts";

/** The policies that an author works on, with all that they need. */
export interface Authored {
  readonly inForce: ConfigInForce;
  readonly config: Config;
  /** The root of all paths. */
  readonly root: string;
  readonly tree: Tree;
  /** With the library and data of the configuration. */
  readonly sources: PolicySources;
  readonly tests: readonly PolicyFile[];
  /** The paths of the named policies and tests. */
  readonly own: ReadonlySet<string>;
  readonly shown: (path: string) => string;
  readonly problems: readonly string[];
}

/** Reads the named policies, or those of the configuration, as `portcullis test` does. */
export async function readAuthored(
  named: readonly string[],
  options: { readonly config?: string; readonly regoVersion?: "v0" | "v1" },
): Promise<Authored> {
  const cwd = process.cwd();
  const inForce = await configurationOnDisk(options.config, cwd);
  const asked = await policiesUnderTest(named, inForce);
  // What is named may read a library beside it, which the configuration names.
  const configured = inForce.config.policies
    .filter((path) => !path.startsWith("@"))
    .map((path) => join(inForce.tree.name, path));
  const { root, paths, shown } = namedPaths([...asked, ...configured], cwd);
  const tree = directoryTree(root, { paths });
  const scope = { namespaces: "*" as const, regoVersion: options.regoVersion ?? ("v1" as const) };
  const reading: PolicyReading = await policySources(tree, { policies: paths, data: [], ...scope });
  const beside = await besideTested(inForce, scope);
  const under = paths.slice(0, asked.length);
  const own = [...reading.sources.files, ...reading.tests]
    .map(({ path }) => path)
    .filter((path) => isUnder(path, under));
  const problems = [...inForce.problems, ...reading.problems, ...beside.problems].map((problem) => {
    const place = placeOf(problem);
    return place === "" ? problem.message : `${place}: ${problem.message}`;
  });
  return {
    inForce,
    config: inForce.config,
    root,
    tree,
    sources: {
      ...reading.sources,
      files: [...reading.sources.files, ...beside.sources.files],
      data: beside.sources.data,
    },
    tests: reading.tests,
    own: new Set(own),
    shown,
    problems,
  };
}
