import type { ValuesLayer } from "../plan.ts";
import type { Fields } from "./fields.ts";
import { compileGlob } from "./glob.ts";
import type { SourceRequest } from "./source-request.ts";
import { resolvePath } from "./tree-path.ts";

/**
 * The files that `valueFiles` names, in the order in which Helm merges them: globs are expanded in lexical order without
 * what is also named outright, and a file named twice counts where it is named first. Undefined where `diagnostics` says why.
 */
export async function findValueFiles(
  helm: Fields,
  request: SourceRequest,
): Promise<readonly ValuesLayer[] | undefined> {
  const { diagnostics, context } = request;
  const written = helm.texts("valueFiles");
  const resolved = await Promise.all(
    written.map((one, index) => findValueFile(one, `${helm.pointer}/valueFiles/${index}`, request)),
  );
  if (resolved.includes(undefined)) return undefined;
  const explicit = new Set(resolved.filter((path) => path !== undefined && !isGlob(path)));
  const ignoreMissing = helm.flag("ignoreMissingValueFiles");
  const found = new Set<string>();
  let complete = true;
  for (const [index, path = ""] of resolved.entries()) {
    const matches = isGlob(path)
      ? expand(path, request).filter((one) => !explicit.has(one))
      : context.tree.has(path)
        ? [path]
        : [];
    const exists = matches.length > 0 || (isGlob(path) && expand(path, request).length > 0);
    const submodule = exists ? undefined : context.tree.submoduleOf(path);
    if (submodule !== undefined) {
      diagnostics.gap(
        `${helm.pointer}/valueFiles/${index}`,
        `not rendered: its values ${path} are in the submodule ${submodule}`,
      );
      complete = false;
    } else if (!exists && !ignoreMissing) {
      const pointer = `${helm.pointer}/valueFiles/${index}`;
      const what = isGlob(path) ? `no file in this tree matches ${written[index]}` : `file ${path} is not in this tree`;
      if (request.references.get(referenceName(written[index] ?? ""))?.kind === "unknown") {
        diagnostics.gap(pointer, `not rendered: ${what}, so its values are assumed to be in another repository`);
      } else diagnostics.problem(pointer, what);
      complete = false;
    }
    for (const match of matches) found.add(match);
  }
  return complete ? [...found].map((path) => ({ kind: "file", path })) : undefined;
}

/** Resolves one written value file to a path of the tree: relative to the chart, from the root with `/`, in another source with `$ref/…`. */
export async function findValueFile(
  written: string,
  pointer: string,
  { source, directory, root, chartRoot, references, environment, diagnostics }: SourceRequest,
): Promise<string | undefined> {
  const reference = references.get(referenceName(written));
  const refuse = (message: string): undefined => {
    diagnostics.problem(pointer, message);
    return undefined;
  };
  const leave = (reason: string): undefined => {
    diagnostics.gap(pointer, reason);
    return undefined;
  };
  if (reference !== undefined) {
    if (reference.isTold === true) return undefined;
    if (reference.root === undefined) return leave(`not rendered: its values ${written} are in another repository`);
    const inner = environment.expand(`/${written.split("/").slice(1).join("/")}`);
    const path = resolvePath(reference.root, inner, reference.root);
    return path ?? refuse(`value file ${written} leads out of the repository`);
  }
  const text = environment.expand(written);
  if (/^[a-z][a-z0-9+.-]*:/i.test(text))
    return leave(`not rendered: its values ${text} are only fetched when Argo CD syncs`);
  if (chartRoot !== undefined)
    return resolvePath(chartRoot, text, chartRoot) ?? refuse(`value file ${text} leads out of the chart`);
  if (directory === undefined && !text.startsWith("/")) {
    return leave(`not rendered: its values ${text} are inside the chart ${source.text("chart")}`);
  }
  if (directory === undefined)
    return refuse(`value file ${text} leads out of the chart; name a source with ref, as $ref${text}`);
  return resolvePath(directory, text, root) ?? refuse(`value file ${text} leads out of the repository`);
}

/** `$values/a.yaml` → `values`. */
function referenceName(written: string): string {
  return written.startsWith("$") ? (written.split("/")[0] ?? "").slice(1) : "";
}

function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

function expand(pattern: string, { context }: SourceRequest): readonly string[] {
  const matches = compileGlob(pattern, "doublestar");
  if (matches === undefined) return [];
  // Lists only the directory before the first wildcard, so that no other file can change the plan.
  const fixed = pattern.slice(0, pattern.search(/[*?[{\\]/));
  return context.tree.filesBelow(fixed.slice(0, Math.max(0, fixed.lastIndexOf("/")))).filter(matches);
}
