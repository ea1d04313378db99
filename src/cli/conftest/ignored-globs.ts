/**
 * The globs that leave out what a regular expression of conftest's `ignore` does; undefined where it says more than that a path
 * has, starts with or ends in some text.
 */
export function ignoredGlobs(ignore: string): readonly string[] | undefined {
  const globs: string[] = [];
  for (const part of alternatives(ignore)) {
    const read = /^(?<start>\^?)(?<text>(?:[\w/ -]|\\[./-])+?)(?<end>\$?|(?:\.\*\$?)?)$/.exec(part)?.groups;
    if (read === undefined) return undefined;
    const text = (read["text"] ?? "").replaceAll(/\\(.)/g, "$1");
    const [isStart, isEnd] = [read["start"] !== "", read["end"] === "$"];
    globs.push(...globsOf(text, isStart, isEnd));
  }
  return [...new Set(globs)];
}

function alternatives(regex: string): readonly string[] {
  const inner = /^\(([^()]*)\)$/.exec(regex)?.[1];
  return (inner ?? regex).split("|");
}

/** A text may stand anywhere in a name, and what is in a directory that matches is left out as well. */
function globsOf(text: string, isStart: boolean, isEnd: boolean): readonly string[] {
  const [before, after] = [isStart ? "" : "*", isEnd ? "" : "*"];
  const name = `${before}${text.replace(/^\//, "").replace(/\/$/, "")}${text.endsWith("/") ? "" : after}`;
  const start = text.startsWith("/") ? name.replace(/^\*/, "") : name;
  const below = isStart ? start : `**/${start}`;
  if (text.endsWith("/")) return [`${below}/**`];
  return isEnd ? [below] : [below, `${below}/**`];
}
