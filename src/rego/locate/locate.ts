import { canonicalJson } from "../../manifest/canonical-json.ts";
import { pointerOf, stablePointerOf } from "../../manifest/pointer.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Cause, Precision } from "../../model/violation.ts";
import { choosePlace, valuesRead, type Choice } from "./choose.ts";
import { declaredPlace } from "./declared-place.ts";
import { digest } from "./digest.ts";
import type { Reach } from "./reach.ts";
import { situations, type Situation } from "./situations.ts";
import type { RuleBody } from "../toolchain/protocol.ts";
import { indexSubtrees, type SubtreeIndex } from "./subtree-index.ts";
import type { TwinAnswer, TwinStatic } from "./twin-static.ts";

/** Finds the places in one manifest from which results arise. */
export interface Locator {
  /**
   * The causes of one result (a message or an object as the rule returned it) of a deciding rule: at least one, each at
   * another place.
   */
  causes(rule: number, result: Json): readonly Cause[];
  /** The body of a deciding rule that returned a value; undefined if no twin tells. */
  bodyOf(rule: number, value: Json): RuleBody | undefined;
}

/** The static facts about the twins of a policy set, prepared once for all manifests. */
export interface Twins {
  readonly statics: readonly TwinStatic[];
  /** For each twin, the captured variables at which references start. */
  readonly heads: readonly (readonly string[])[];
}

/** Prepares the description of the twins that the toolchain returns with a compiled policy set. */
export function readTwins(statics: readonly Json[]): Twins {
  // Our own toolchain wrote these; tests on both sides fix their shape.
  const twins = statics as unknown as readonly TwinStatic[];
  return { statics: twins, heads: twins.map(headsOf) };
}

function headsOf(twin: TwinStatic): readonly string[] {
  const reads = twin.steps.flatMap((step) => [...(step.reads ?? []), ...(step.domain ?? [])]);
  const heads = reads.flatMap((read) => read.r.map((reference) => reference.h));
  return [...new Set(heads)].filter((head) => head !== "input");
}

/**
 * Creates a locator for one violating manifest from the answers of the `twins` entry point. It inspects the document
 * only when it is used.
 */
export function createLocator(document: JsonObject, twins: Twins, answers: readonly Json[]): Locator {
  let subtrees: SubtreeIndex | undefined;
  let byResult: ReadonlyMap<string, readonly TwinAnswer[]> | undefined;
  const answersOf = (rule: number, result: Json): readonly TwinAnswer[] => {
    byResult ??= groupByResult(twins, answers as unknown as readonly TwinAnswer[]);
    return byResult.get(resultKey(rule, result)) ?? [];
  };
  return {
    bodyOf(rule, value) {
      const [answer] = answersOf(rule, value);
      const twin = answer && twins.statics[answer[0]];
      return twin && { path: twin.path, line: twin.line };
    },
    causes(rule, result) {
      const found = answersOf(rule, result).flatMap((answer) => {
        const twin = twins.statics[answer[0]];
        if (twin === undefined) return [];
        const heads = twins.heads[answer[0]] ?? [];
        return situations(document, answer[2], twin, heads, () => (subtrees ??= indexSubtrees(document))).map(
          (situation) => ({ choice: choosePlace(twin, situation), reads: readsDigest(twin, situation) }),
        );
      });
      return causesOf(document, found, declaredPlace(document, result));
    },
  };
}

function groupByResult(twins: Twins, answers: readonly TwinAnswer[]): ReadonlyMap<string, readonly TwinAnswer[]> {
  const groups = new Map<string, TwinAnswer[]>();
  for (const answer of answers) {
    const key = resultKey(twins.statics[answer[0]]?.rule ?? -1, answer[1]);
    const group = groups.get(key);
    if (group) group.push(answer);
    else groups.set(key, [answer]);
  }
  return groups;
}

/** Results are compared as values, not by their text. */
function resultKey(rule: number, result: Json): string {
  return `${rule} ${canonicalJson(result)}`;
}

interface FoundPlace {
  readonly choice: Choice | undefined;
  readonly reads: string | undefined;
}

function causesOf(document: Json, found: readonly FoundPlace[], declared: Reach | undefined): readonly Cause[] {
  const own = declared && { place: declared, others: [] };
  const byPointer = new Map<string, { readonly choices: Choice[]; readonly reads: Set<string> }>();
  for (const { choice, reads } of found) {
    const chosen = own ?? choice;
    const pointer = chosen === undefined ? "" : pointerOf(chosen.place.path);
    const entry = byPointer.get(pointer) ?? { choices: [], reads: new Set<string>() };
    if (chosen !== undefined) entry.choices.push(chosen);
    if (reads !== undefined) entry.reads.add(reads);
    byPointer.set(pointer, entry);
  }
  if (byPointer.size === 0) byPointer.set("", { choices: own === undefined ? [] : [own], reads: new Set() });
  // A derivation without a place adds nothing to one with a place.
  if (byPointer.size > 1 && byPointer.get("")?.choices.length === 0) byPointer.delete("");
  return [...byPointer.values()].map(({ choices, reads }) => cause(document, choices, [...reads].toSorted()));
}

function cause(document: Json, choices: readonly Choice[], reads: readonly string[]): Cause {
  const place = choices[0]?.place;
  const path = place?.path ?? [];
  const pointer = pointerOf(path);
  const others = choices.flatMap((choice) => choice.others.map((other) => pointerOf(other.path)));
  const compared = [...new Set(others)].filter((other) => other !== pointer);
  return {
    pointer,
    stablePointer: stablePointerOf(document, path),
    precision: precisionOf(place),
    ...(compared.length === 0 ? {} : { compared }),
    ...(reads.length === 0 ? {} : { reads: reads.length === 1 ? (reads[0] ?? "") : digest(reads.join()) }),
  };
}

function precisionOf(place: Reach | undefined): Precision {
  if (place === undefined) return "manifest";
  if (place.missing.length > 0) return "parent";
  if (place.vague !== true) return "value";
  return place.path.length > 0 ? "parent" : "manifest";
}

function readsDigest(twin: TwinStatic, situation: Situation): string | undefined {
  const values = valuesRead(twin, situation);
  if (values.length === 0) return undefined;
  return digest(
    values
      .map((r) => (r.missing.length > 0 ? `absent ${canonicalJson(r.missing)}` : canonicalJson(r.value)))
      .join("\n"),
  );
}
