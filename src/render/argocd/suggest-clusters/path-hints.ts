import { RE2JS } from "re2js";
import type { TreeView } from "../../gitops.ts";
import { noHint, withParameter, type ClusterHint } from "./cluster-hint.ts";
import type { PathTemplate } from "./path-templates.ts";

/** `values` of cluster generators, by name: what they may be filled with. */
export interface KnownValues {
  readonly [name: string]: string;
}

/** The clusters for which a path of an ApplicationSet is in the tree: `clusters/{{name}}` where there is `clusters/eu`. */
export function pathHints(
  { kind, text }: PathTemplate,
  values: KnownValues,
  goTemplate: boolean,
  tree: TreeView,
): readonly ClusterHint[] {
  const parts = partsOf(text, values, goTemplate);
  const parameters = parts.flatMap((part) =>
    typeof part === "string" || part.parameter === "" ? [] : [part.parameter],
  );
  if (parameters.length === 0) return [];
  const pattern = RE2JS.compile(parts.map(patternOf).join(""));
  const fixed = typeof parts[0] === "string" ? parts[0] : "";
  const start = fixed.slice(0, Math.max(0, fixed.lastIndexOf("/")));
  const found = new Map<string, ClusterHint>();
  for (const path of kind === "file" ? tree.filesBelow(start) : directoriesBelow(start, tree)) {
    const matcher = pattern.matcher(path);
    if (!matcher.matches()) continue;
    const hint = parameters.reduce<ClusterHint | undefined>((one, parameter, index) => {
      const value = matcher.group(index + 1) ?? "";
      return one === undefined ? undefined : withParameter(one, parameter, value);
    }, noHint);
    if (hint !== undefined) found.set(JSON.stringify(hint), hint);
  }
  return [...found.values()];
}

/** A piece of a path: text, or a parameter of the cluster generator; any other parameter has no name. */
type Part = string | { readonly parameter: string; readonly spans: boolean };

const deepest = 3;

function partsOf(text: string, values: KnownValues, goTemplate: boolean, depth = 0): readonly Part[] {
  return text.split(/(\{\{.*?\}\})/).flatMap((piece, index): readonly Part[] => {
    if (index % 2 === 0) return piece === "" ? [] : [piece];
    const parameter = parameterOf(piece, goTemplate);
    const value = parameter.startsWith("values.") ? values[parameter.slice("values.".length)] : undefined;
    if (value !== undefined && depth < deepest) return partsOf(value, values, goTemplate, depth + 1);
    const isOfCluster = withParameter(noHint, parameter, "") !== undefined && parameter !== "server";
    return [{ parameter: isOfCluster ? parameter : "", spans: parameter === "path" || parameter === "path.path" }];
  });
}

/** The parameter that an action prints, as a path with dots; "" where it does more than print one. */
function parameterOf(action: string, goTemplate: boolean): string {
  const inner = action.replace(/^\{\{-?\s*/, "").replace(/\s*-?\}\}$/, "");
  if (!goTemplate) return inner;
  const [, kind, quoted] = /^index\s+\.metadata\.(labels|annotations)\s+["`]([^"`]+)["`]$/.exec(inner) ?? [];
  if (kind !== undefined) return `metadata.${kind}.${quoted ?? ""}`;
  return /^\.[\w.-]+$/.test(inner) ? inner.slice(1) : "";
}

function patternOf(part: Part): string {
  // Git generators have globs.
  if (typeof part === "string")
    return part
      .split(/(\*+)/)
      .map((one) => (one.startsWith("*") ? glob(one) : RE2JS.quote(one)))
      .join("");
  const any = part.spans ? ".+" : "[^/]+";
  return part.parameter === "" ? any : `(${any})`;
}

function glob(stars: string): string {
  return stars.length > 1 ? ".*" : "[^/]*";
}

const known = new WeakMap<TreeView, Map<string, readonly string[]>>();

function directoriesBelow(start: string, tree: TreeView): readonly string[] {
  const byStart = known.get(tree) ?? new Map<string, readonly string[]>();
  known.set(tree, byStart);
  let directories = byStart.get(start);
  if (directories === undefined) {
    const found = new Set<string>();
    for (const path of tree.filesBelow(start)) {
      for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
        const directory = path.slice(0, at);
        if (found.has(directory)) break;
        found.add(directory);
      }
    }
    directories = [...found].toSorted();
    byStart.set(start, directories);
  }
  return directories;
}
