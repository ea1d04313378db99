import { RE2JS } from "re2js";
import type { RegoValue } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

/** Regular expressions as in Go, by a port of RE2; patterns that it cannot read are passed to OPA. */
export const regexBuiltins: BuiltinRecord = {
  "regex.find_n": (_run, pattern, text, count) => {
    const found = matches(pattern, text, limit(count));
    return found?.map(({ groups }) => groups[0] ?? "");
  },
  "regex.find_all_string_submatch_n": (_run, pattern, text, count) =>
    matches(pattern, text, limit(count))?.map(({ groups }) => groups),
  "regex.split": (_run, pattern, text) => {
    const found = matches(pattern, text, -1);
    if (found === undefined || typeof text !== "string") return undefined;
    if (text === "" && pattern !== "") return [""];
    const parts: string[] = [];
    let begin = 0;
    let end = 0;
    for (const match of found) {
      end = match.start;
      if (match.end !== 0) parts.push(text.slice(begin, end));
      begin = match.end;
    }
    return end === text.length ? parts : [...parts, text.slice(begin)];
  },
  "regex.replace": (_run, text, pattern, fresh) => {
    if (typeof text !== "string" || typeof fresh !== "string") return undefined;
    // A dollar sign refers to a group, by rules specific to Go.
    if (fresh.includes("$")) return askOpa();
    let rest = 0;
    let out = "";
    for (const match of matches(pattern, text, -1) ?? []) {
      out += text.slice(rest, match.start) + fresh;
      rest = match.end;
    }
    return typeof pattern === "string" ? out + text.slice(rest) : undefined;
  },
};

interface Match {
  readonly start: number;
  readonly end: number;
  /** The whole match and its groups; empty for a group that did not participate. */
  readonly groups: readonly string[];
}

function limit(count: RegoValue | undefined): number {
  return typeof count === "number" && Number.isSafeInteger(count) ? count : askOpa();
}

/** All matches up to a number (negative: no limit), as Go finds them: an empty match never directly follows another. */
function matches(
  pattern: RegoValue | undefined,
  text: RegoValue | undefined,
  count: number,
): readonly Match[] | undefined {
  if (typeof pattern !== "string" || typeof text !== "string") return undefined;
  const matcher = compiled(pattern).matcher(text);
  const found: Match[] = [];
  let last = -1;
  while ((count < 0 || found.length < count) && matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === last) continue;
    last = end;
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? "");
    found.push({ start, end, groups });
  }
  return found;
}

const most = 256;
const known = new Map<string, RE2JS>();

function compiled(pattern: string): RE2JS {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const expression = ((): RE2JS => {
    try {
      return RE2JS.compile(pattern);
    } catch {
      return askOpa();
    }
  })();
  if (known.size >= most) known.clear();
  known.set(pattern, expression);
  return expression;
}
