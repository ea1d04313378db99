import { structuredPatch } from "diff";
import { dump } from "js-yaml";
import { isObject } from "../../manifest/identity.ts";
import type { Change } from "../../model/change.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { secretMask } from "../judging/mask-secret.ts";

const CONTEXT = 3;
const MOST_EDITS = 1_500;

/**
 * The change of one manifest as a unified diff of YAML without file names. Keys are sorted, since their order
 * means nothing. Values of Secrets are hidden, but show whether they changed.
 */
export function manifestDiff(change: Change): string {
  const before = change.kind === "created" ? undefined : change.before;
  const after = change.kind === "deleted" ? undefined : change.after;
  const versions = [before, after].flatMap((side) => (side === undefined ? [] : [side.value]));
  const identity = (after ?? before)?.identity;
  const mask = identity === undefined ? undefined : secretMask(identity, ...versions);
  const textOf = (side: Manifest | undefined, other: Manifest | undefined): string => {
    if (side === undefined) return "";
    if (mask === undefined) return yaml(side.value);
    return mask(yaml(hidden(side.value, other?.value, side === after ? " (after)" : " (before)")));
  };
  const [old, now] = [textOf(before, after), textOf(after, before)];
  if (old === "") return `@@ -0,0 +1,${linesIn(now)} @@\n${prefixed("+", now)}`;
  if (now === "") return `@@ -1,${linesIn(old)} +0,0 @@\n${prefixed("-", old)}`;
  const patch = structuredPatch("", "", old, now, "", "", { context: CONTEXT, maxEditLength: MOST_EDITS });
  // Without a limit, two long texts with little in common would take minutes.
  if (patch === undefined)
    return `@@ ${linesIn(old)} lines before, ${linesIn(now)} after: too many differ to be shown @@`;
  return patch.hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) => {
      // As in diff, an empty side gets the number of the line before.
      const start = (first: number, count: number): number => (count === 0 ? first - 1 : first);
      const at = `-${start(oldStart, oldLines)},${oldLines} +${start(newStart, newLines)},${newLines}`;
      return [`@@ ${at} @@`, ...lines].join("\n");
    })
    .join("\n");
}

function prefixed(sign: string, text: string): string {
  return text.slice(0, -1).replaceAll(/^/gm, sign);
}

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

const first = ["apiVersion", "kind", "metadata"];

/** The object as YAML, with its naming fields first. */
function yaml(value: JsonObject): string {
  const names = first.filter((key) => Object.hasOwn(value, key));
  const rest = Object.keys(value).filter((key) => !first.includes(key));
  const ordered = Object.fromEntries([...names, ...rest.toSorted()].map((key) => [key, sorted(value[key] ?? null)]));
  return dump(ordered, { lineWidth: -1, noRefs: true });
}

/** The value with sorted keys; integers beyond a double become text. */
function sorted(value: Json): Json {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The Secret with its values hidden; those that differ from the other side name their side. */
function hidden(value: JsonObject, other: JsonObject | undefined, side: string): JsonObject {
  const result: { [key: string]: Json } = { ...value };
  for (const field of ["data", "stringData"]) {
    const values = value[field];
    if (!isObject(values)) continue;
    const others = other?.[field];
    result[field] = Object.fromEntries(
      Object.entries(values).map(([key, item]) => {
        const same = other === undefined || (isObject(others) && others[key] === item);
        return [key, same || !isObject(others) || !Object.hasOwn(others, key) ? "***" : `***${side}`];
      }),
    );
  }
  const { metadata } = value;
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  if (isObject(metadata) && isObject(annotations) && Object.hasOwn(annotations, LAST_APPLIED))
    result["metadata"] = { ...metadata, annotations: { ...annotations, [LAST_APPLIED]: "***" } };
  return result;
}
