import type { Config } from "../model/config.ts";
import type { Tree } from "../model/tree.ts";

/** Names the library that ships, in `policies:` of a configuration. */
export const LIBRARY = "@portcullis/library";

/** Where policies are looked for while a configuration names none. */
export const CONVENTIONAL = ["policies", "policy"] as const;

/** Which of ./policies and ./policy holds Rego, if one does. */
export async function conventionalPolicies(tree: Tree): Promise<string | undefined> {
  const entries = await tree.list();
  return CONVENTIONAL.find((directory) =>
    entries.some(({ kind, path }) => kind === "file" && path.startsWith(`${directory}/`) && path.endsWith(".rego")),
  );
}

/** The policies of a configuration: those it names; else ./policies or ./policy where it holds Rego; else the library that ships. */
export async function namedPolicies(tree: Tree, config: Config): Promise<readonly string[]> {
  return config.policies.length > 0 ? config.policies : [(await conventionalPolicies(tree)) ?? LIBRARY];
}
