import type { Config } from "../model/config.ts";
import type { Tree } from "../model/tree.ts";

/** The name of the shipped library in `policies:` of a configuration. */
export const LIBRARY = "@portcullis/library";

/** The directories that are searched for policies where a configuration names none. */
export const CONVENTIONAL = ["policies", "policy"] as const;

/** The first of ./policies and ./policy that holds Rego; undefined where neither does. */
export async function conventionalPolicies(tree: Tree): Promise<string | undefined> {
  const entries = await tree.list();
  return CONVENTIONAL.find((directory) =>
    entries.some(({ kind, path }) => kind === "file" && path.startsWith(`${directory}/`) && path.endsWith(".rego")),
  );
}

/** The policies of a configuration: those it names, else ./policies or ./policy where it holds Rego, else the shipped library. */
export async function namedPolicies(tree: Tree, config: Config): Promise<readonly string[]> {
  return config.policies.length > 0 ? config.policies : [(await conventionalPolicies(tree)) ?? LIBRARY];
}
