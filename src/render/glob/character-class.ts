import { one, oneOf, type Glob } from "./glob.ts";

/** `[a-z]`, negated by `!` or `^`; `end` is where its bracket closes. Undefined where it does not, or a range is reversed. */
export function classAt(pattern: string, start: number): { readonly glob: Glob; readonly end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at += 1;
  const members: { readonly character: string; readonly isDash: boolean }[] = [];
  for (let first = true; ; first = false) {
    const isEscaped = pattern[at] === "\\";
    if (isEscaped) at += 1;
    const point = pattern.codePointAt(at);
    if (point === undefined) return undefined;
    const character = String.fromCodePoint(point);
    if (character === "]" && !first && !isEscaped) break;
    members.push({ character, isDash: character === "-" && !isEscaped });
    at += character.length;
  }
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < members.length; index++) {
    const from = members[index]?.character ?? "";
    const to = members[index + 1]?.isDash === true ? members[index + 2]?.character : undefined;
    if (to !== undefined && (to.codePointAt(0) ?? 0) < (from.codePointAt(0) ?? 0)) return undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) index += 2;
  }
  return { glob: one(oneOf(ranges, negated)), end: at };
}
