import type { Config } from "../model/config.ts";
import type { Tree } from "../model/tree.ts";
import { readTexts } from "./policy-files.ts";
import { policyObjects } from "./policy-objects.ts";

/** The recommended profile in `policies:` of a configuration; the paths of all shipped policies begin with it. */
export const LIBRARY = "@portcullis/library";

/** The name of what the desired state itself contains, in `policies:` of a configuration. */
export const CLUSTER = "cluster";

/** The directories that are searched for policies where a configuration names none. */
export const CONVENTIONAL = ["policies", "policy"] as const;

/**
 * The first of ./policies and ./policy that holds Rego, else the first with Kubernetes objects that declare policies;
 * undefined where neither does.
 */
export async function conventionalPolicies(tree: Tree): Promise<string | undefined> {
  const files = (await tree.list()).filter(({ kind }) => kind === "file").map(({ path }) => path);
  const below = (directory: string, wanted: RegExp): readonly string[] =>
    files.filter((path) => path.startsWith(`${directory}/`) && wanted.test(path));
  const withRego = CONVENTIONAL.find((directory) => below(directory, /\.rego$/).length > 0);
  if (withRego !== undefined) return withRego;
  for (const directory of CONVENTIONAL) {
    const paths = below(directory, /\.(?:json|ya?ml)$/).filter((path) => !path.includes("/fixtures/"));
    // What cannot be read is a problem of whoever reads the policies, or the manifests, afterwards.
    const texts = await readTexts(
      tree,
      paths.map((path) => ({ path, prefix: [] })),
      [],
    );
    if (policyObjects(texts, []).objects.length > 0) return directory;
  }
  return undefined;
}

/**
 * The policies of a configuration: those it names, else ./policies or ./policy where it holds policies, else the shipped
 * library. What `documents:` names judges documents only: it is left out of ./policies and ./policy.
 */
export async function namedPolicies(
  tree: Tree,
  { policies, documents }: Pick<Config, "documents" | "policies">,
): Promise<readonly string[]> {
  if (policies.length > 0) return policies;
  const apart = documents.flatMap((entry) => [...entry.policies, ...entry.data]).map(withoutSlash);
  const others = apart.length === 0 ? tree : withoutPaths(tree, apart);
  const found = await conventionalPolicies(others);
  if (found === undefined) return [LIBRARY];
  const files = (await others.list()).flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
  const wanted = files.some((path) => path.startsWith(`${found}/`) && path.endsWith(".rego"))
    ? /\.rego$/
    : /\.(?:json|ya?ml)$/;
  return largestWithout(
    found,
    files.filter((path) => wanted.test(path)),
    apart,
  );
}

function withoutSlash(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/+$/, "");
}

const isBelow = (path: string, directories: readonly string[]): boolean =>
  directories.some((directory) => path === directory || path.startsWith(`${directory}/`));

/** A tree as if it had nothing at these paths. */
function withoutPaths(tree: Tree, apart: readonly string[]): Tree {
  return { ...tree, list: async () => (await tree.list()).filter(({ path }) => !isBelow(path, apart)) };
}

/** The largest directories below `directory`, and files, that hold all of these files and no path of `apart`. */
function largestWithout(directory: string, files: readonly string[], apart: readonly string[]): readonly string[] {
  if (!apart.some((path) => isBelow(path, [directory]))) return [directory];
  const start = `${directory}/`;
  const below = files.filter((path) => path.startsWith(start));
  const children = new Set(below.map((path) => path.slice(start.length).split("/")[0]));
  return [...children].flatMap((child) => {
    const path = `${start}${child}`;
    return files.includes(path) ? [path] : largestWithout(path, below, apart);
  });
}
