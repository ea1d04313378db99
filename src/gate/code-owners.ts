import type { Tree } from "../model/tree.ts";
import { compilePathGlob } from "../render/glob/path-glob.ts";
import type { OwnersOf } from "./impact.ts";

/** Where GitHub looks for the file, in this order. */
export const CODE_OWNERS: readonly string[] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/**
 * Reads the CODEOWNERS of a tree by GitHub's rules: the last pattern that matches decides, also where it names nobody.
 * Lines that GitHub does not accept are passed over, as it does. Source: docs.github.com, "About code owners".
 */
export async function codeOwners(tree: Tree): Promise<OwnersOf> {
  return readCodeOwners(await codeOwnersOf(tree));
}

/** The text of the CODEOWNERS of a tree; empty where there is none. */
export async function codeOwnersOf(tree: Tree): Promise<string> {
  const paths = new Set((await tree.list()).flatMap(({ kind, path }) => (kind === "file" ? [path] : [])));
  const path = CODE_OWNERS.find((place) => paths.has(place));
  return path === undefined ? "" : new TextDecoder().decode(await tree.read(path));
}

/** The owners by the text of a CODEOWNERS. */
export function readCodeOwners(text: string): OwnersOf {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .split(/\s+/);
    // GitHub supports neither negation nor character ranges here.
    if (pattern === undefined || pattern === "" || /^!|[[\]]/.test(pattern)) return [];
    const matches = matcherOf(pattern);
    return matches === undefined ? [] : [{ matches, owners }];
  });
  return (path) => rules.findLast(({ matches }) => matches(path))?.owners ?? [];
}

function matcherOf(pattern: string): ((path: string) => boolean) | undefined {
  const isDirectory = pattern.endsWith("/");
  const bare = pattern.replace(/^\/|\/$/g, "");
  const isAnchored = pattern.replace(/\/$/, "").includes("/");
  const anchored = isAnchored ? bare : `**/${bare}`;
  // `docs/*` is only what is directly in docs; a plain name is also a directory with all that is below it.
  const onlyItself = !isDirectory && /(^|\/)\*[^/*]*$/.test(bare);
  const globs = isDirectory ? [`${anchored}/**/*`] : onlyItself ? [anchored] : [anchored, `${anchored}/**`];
  const matches = globs.map((glob) => compilePathGlob(glob)).filter((one) => one !== undefined);
  return matches.length < globs.length ? undefined : (path) => matches.some((match) => match(path));
}
