import { nearName } from "../../manifest/near-name.ts";
import type { PolicyWarning } from "../../model/judge.ts";
import type { PolicyFile } from "../../model/policy.ts";
import type { RuleFacts } from "../policies.ts";

/** The keys that OPA knows. */
const KNOWN = new Set([
  "authors",
  "compile",
  "custom",
  "description",
  "entrypoint",
  "organizations",
  "related_resources",
  "schemas",
  "scope",
  "title",
]);
/** The keys of `custom` that decide something here; others belong to the author. */
const CUSTOM = new Set(["controls", "id", "level", "parameters", "severity", "waivable"]);

/** Warnings for keys of METADATA blocks that nothing reads, and for keys of `custom` that are nearly one that is read. */
export function unknownKeys(files: readonly PolicyFile[], rules: readonly RuleFacts[]): readonly PolicyWarning[] {
  const blocks = new Map<string, { readonly path: string; readonly line: number }>();
  for (const { path, line } of rules.flatMap((rule) => rule.annotations)) blocks.set(`${path}:${line}`, { path, line });
  const lines = new Map(files.map(({ path, text }) => [path, text.split("\n")]));
  return [...blocks.values()].flatMap(({ path, line }) =>
    keysBelow(lines.get(path) ?? [], line).flatMap(({ key, parent, at }) => {
      const message = parent === "custom" ? customMessage(key) : parent === undefined ? ownMessage(key) : undefined;
      return message === undefined
        ? []
        : [{ path, line: at, message: `METADATA key ${key} has no effect: ${message}` }];
    }),
  );
}

function ownMessage(key: string): string | undefined {
  if (KNOWN.has(key)) return undefined;
  if (CUSTOM.has(key)) return "it belongs below custom";
  const near = nearName(key, KNOWN);
  return near === undefined ? `expected one of ${[...KNOWN].join(", ")}` : `did you mean ${near}?`;
}

function customMessage(key: string): string | undefined {
  const near = CUSTOM.has(key) ? undefined : nearName(key, CUSTOM);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

interface Key {
  readonly key: string;
  /** The key of the first level that it is directly below; undefined for one of the first level. */
  readonly parent: string | undefined;
  readonly at: number;
}

/** The keys of the first two levels in the comment block at a line. */
function keysBelow(lines: readonly string[], line: number): readonly Key[] {
  const keys: Key[] = [];
  let outer: number | undefined;
  let inner: number | undefined;
  let parent: string | undefined;
  for (let at = line; /^\s*#/.test(lines[at - 1] ?? ""); at += 1) {
    const match = /^\s*#(\s*)([A-Za-z_][\w-]*):(?:\s|$)/.exec(lines[at - 1] ?? "");
    const [, indent, key] = match ?? [];
    if (indent === undefined || key === undefined) continue;
    outer ??= indent.length;
    if (indent.length === outer) {
      keys.push({ key, parent: undefined, at });
      parent = key;
      inner = undefined;
    } else if (parent !== undefined) {
      inner ??= indent.length;
      if (indent.length === inner) keys.push({ key, parent, at });
    }
  }
  return keys;
}
