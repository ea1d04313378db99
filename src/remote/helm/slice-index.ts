/**
 * The part of an index that lists one chart, as YAML of its own: indexes of tens of megabytes occur, and parsing them
 * takes seconds. Undefined if the index is not laid out as Helm writes it; then all of it must be parsed.
 */
export function sliceIndex(index: string, name: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || /^(?:---|\.\.\.)/m.test(index)) return undefined;
  const heads = [...index.matchAll(/^entries:[ \r]*$/gm)];
  const [head] = heads;
  if (head === undefined || heads.length > 1) return undefined;
  const start = head.index + head[0].length;
  const end = nextLine(index, start, 0);
  const indent = /^(?:[ \t]*(?:#.*)?\r?\n)*( +)/.exec(index.slice(start + 1, start + 10_000))?.[1]?.length;
  if (indent === undefined) return undefined;
  const escaped = name.replaceAll(".", "\\.");
  const key = new RegExp(`^ {${indent}}(?:${escaped}|"${escaped}"|'${escaped}'):[ \\r]*$`, "gm");
  key.lastIndex = start;
  const found = key.exec(index);
  if (found === null || found.index >= end || repeats(key, index, end)) return undefined;
  return index.slice(found.index, nextLine(index, found.index + found[0].length, indent));
}

/** Where the next line starts that is indented by no more than `indent` and belongs to no sequence. */
function nextLine(index: string, from: number, indent: number): number {
  const line = new RegExp(`^ {0,${indent}}(?=[^\\s#-])`, "gm");
  line.lastIndex = from;
  return line.exec(index)?.index ?? index.length;
}

function repeats(key: RegExp, index: string, end: number): boolean {
  const again = key.exec(index);
  return again !== null && again.index < end;
}
