import type { Tree } from "../../model/tree.ts";
import type { PlacedFinding } from "./place-findings.ts";

/** The text of a line with what encloses it, as a file of the tree has them; empty for a line that cannot be read. */
export type WrittenAt = (path: string, line: number) => readonly string[];

/** The texts at the lines of findings that come through sources: of the tree before for those that are fixed. */
export async function textsOf(
  placed: readonly PlacedFinding[],
  { before, after }: { readonly before?: Tree; readonly after: Tree },
): Promise<{ readonly before: WrittenAt; readonly after: WrittenAt }> {
  const paths = (isFixed: boolean): ReadonlySet<string> =>
    new Set(
      placed.flatMap(({ finding: { source, status }, place }) =>
        source !== undefined && (status === "fixed") === isFixed ? [place.path] : [],
      ),
    );
  const now = await writtenAt(after, paths(false));
  return { before: before === undefined ? now : await writtenAt(before, paths(true)), after: now };
}

/** Reads files of a tree once, for the text at lines of them; of paths that the tree does not have nothing is known. */
async function writtenAt(tree: Tree, paths: ReadonlySet<string>): Promise<WrittenAt> {
  const texts = new Map<string, readonly string[]>();
  if (paths.size > 0) {
    const held = (await tree.list()).filter(({ path, kind }) => kind === "file" && paths.has(path));
    const decoder = new TextDecoder();
    for await (const { path, bytes } of tree.readAll(held.map(({ path: one }) => one)))
      texts.set(path, decoder.decode(bytes).split("\n"));
  }
  const known = new Map<string, readonly string[]>();
  return (path, line) => {
    const key = `${line} ${path}`;
    const text = known.get(key) ?? enclosingText(texts.get(path) ?? [], line);
    known.set(key, text);
    return text;
  };
}

/** The most of a line that counts: a file may be one line. */
const longestLine = 1000;

/**
 * A line, those above it that enclose it by their indentation, outermost first, and the name of its document. Comments,
 * indentation and actions of templates do not count: what is left changes only where the lines say something else.
 */
export function enclosingText(lines: readonly string[], line: number): readonly string[] {
  const own = lines[line - 1];
  if (own === undefined) return [];
  const found = [told(own)];
  let indent = indentOf(own);
  let first = line - 1;
  for (; first > 0 && !isSeparator(lines[first - 1] ?? ""); first -= 1) {
    const above = lines[first - 1] ?? "";
    if (indentOf(above) >= indent || told(above) === "" || isAction(above)) continue;
    found.unshift(told(above));
    indent = indentOf(above);
  }
  return [nameIn(lines, first), ...found];
}

/** `metadata.name` of the document that starts at an index, as written. */
function nameIn(lines: readonly string[], first: number): string {
  let depth: number | undefined;
  let within = false;
  for (let at = first; at < lines.length && !isSeparator(lines[at] ?? ""); at += 1) {
    const line = lines[at] ?? "";
    if (told(line) === "" || isAction(line)) continue;
    if (indentOf(line) === 0) within = line.startsWith("metadata:");
    if (!within) continue;
    const inFlow = /^metadata:\s*\{(?:.*,)?\s*name:([^,}]*)/.exec(line)?.[1];
    if (inFlow !== undefined) return inFlow.trim();
    if (indentOf(line) === 0) continue;
    depth ??= indentOf(line);
    const name = indentOf(line) === depth ? /^\s+(?:generateName|name):(.*)/.exec(line)?.[1] : undefined;
    if (name !== undefined) return told(name);
  }
  return "";
}

function told(line: string): string {
  return line
    .slice(0, longestLine)
    .replace(/(?:^|\s)#.*$/, "")
    .trim();
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isSeparator(line: string): boolean {
  return line.startsWith("---");
}

function isAction(line: string): boolean {
  return /^\s*\{\{-?\s*(?:if|else|end|range|with|define|block|template|\/\*|\$)/.test(line);
}
