import { isList, member } from "../manifest/member.ts";
import { objectFacts } from "../manifest/object-facts.ts";
import { keysOf, pointerOf, stablePointerOf, type Path } from "../manifest/pointer.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact, KnownFacts } from "../model/fact.ts";
import type { Json, JsonObject, Pointer } from "../model/json.ts";
import type { Judge, Question } from "../model/judge.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Judgement, Violation } from "../model/violation.ts";

const combinedKey = "combined";

/**
 * Makes a judge whose `input` is the list of all manifests of an environment, each as `{path, contents}`, as conftest gives it
 * with `--combine`. The list is asked about once; a result belongs to the manifest of the element that it rests on, and to the
 * first where it rests on none. Values of Secrets are masked.
 */
export function combinedJudge(judge: Judge): Judge {
  const answers = new Map<string, Promise<Combined>>();
  const combined = (facts: KnownFacts, environment: string | undefined): Promise<Combined> => {
    const key = `${judge.environmentKey?.(environment) ?? environment} ${facts.digest}`;
    const known = answers.get(key) ?? askCombined(judge, facts, environment);
    answers.set(key, known);
    return known;
  };
  const apart = judge.apart?.bind(judge);
  return {
    ...judge,
    // A list has no operation.
    readsChange: false,
    ...(apart === undefined ? {} : { apart: () => combinedJudge(apart()) }),
    factsOf: (manifest) => [elementOf(manifest), ...(judge.factsOf?.(manifest) ?? [])],
    awaits: (question) =>
      question.operation === "DELETE" ? undefined : [combinedKey, ...(judge.awaits?.(question) ?? [])],
    judge: (questions) =>
      Promise.all(
        questions.map(async ({ manifest, facts }) =>
          facts === undefined
            ? silent
            : ofElement(await combined(facts, manifest.environment), elementOf(manifest).digest),
        ),
      ),
  };
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

/** What was found in all elements together. */
interface Combined {
  readonly elements: readonly Fact[];
  readonly judgement: Judgement;
}

/** The element of a manifest. Its digest is its own: the place of the manifest and its content. */
function elementOf(manifest: Manifest): Fact {
  const { path, document, pointer } = manifest.position;
  const [object] = objectFacts(manifest, "all");
  const place = JSON.stringify([path, document, pointer, object?.digest]);
  return {
    key: combinedKey,
    digest: sha256(place),
    value: { order: orderOf(path, document, pointer), element: { path, contents: object?.value ?? null } },
  };
}

async function askCombined(judge: Judge, facts: KnownFacts, environment: string | undefined): Promise<Combined> {
  const byDigest = new Map(facts.facts.filter(({ key }) => key === combinedKey).map((fact) => [fact.digest, fact]));
  const elements = [...byDigest.values()].toSorted(inOrder);
  const list: Json = elements.map(({ value }) => member(value, "element") ?? null);
  const question: Question = {
    manifest: {
      identity: { group: "", kind: "", name: "Combined" },
      apiVersion: "",
      // The one manifest that is no object: policies see it as it is.
      value: list as unknown as JsonObject,
      position: { path: "Combined", document: 0, line: 1, pointer: "" },
      ...(environment === undefined ? {} : { environment }),
    },
    operation: "CREATE",
  };
  const late = judge.awaits?.(question) === undefined ? [] : [{ ...question, facts }];
  const judgements = await judge.judge([question, ...late]);
  return {
    elements,
    judgement: {
      violations: judgements.flatMap(({ violations }) => violations),
      excepted: judgements.flatMap(({ excepted }) => excepted),
      problems: judgements.flatMap(({ problems }) => problems),
    },
  };
}

/** A text by which elements are ordered: by path, document and place in the document. */
function orderOf(path: string, document: number, pointer: Pointer): string {
  const padded = (text: string): string => text.padStart(9, "0");
  return [path, padded(String(document)), pointer.replaceAll(/\d+/g, padded)].join("\0");
}

function inOrder({ value: one }: Fact, { value: other }: Fact): number {
  const [order, otherOrder] = [member(one, "order"), member(other, "order")];
  if (typeof order !== "string" || typeof otherOrder !== "string" || order === otherOrder) return 0;
  return order < otherOrder ? -1 : 1;
}

/** What of the answer belongs to the manifest of an element. */
function ofElement({ elements, judgement }: Combined, digest: string): Judgement {
  const index = elements.findIndex((element) => element.digest === digest);
  const contents = member(member(elements[index]?.value, "element"), "contents") ?? null;
  const own = (violations: readonly Violation[]): readonly Violation[] =>
    violations
      .filter(({ cause }) => (elementIn(cause.pointer) ?? 0) === index)
      .map((violation) => within(violation, index, contents));
  return {
    violations: own(judgement.violations),
    excepted: own(judgement.excepted),
    problems: index === 0 ? judgement.problems : [],
  };
}

/** The number of the element that a pointer leads into; undefined for the list itself. */
function elementIn(pointer: Pointer): number | undefined {
  const [index] = keysOf(pointer);
  return index === undefined ? undefined : Number(index);
}

/** The violation as one of the manifest: pointers lead from its root. */
function within(violation: Violation, index: number, contents: Json): Violation {
  const { pointer, compared = [], precision, reads } = violation.cause;
  const path = pathWithin(pointer, contents);
  const others = compared
    .filter((other) => elementIn(other) === index)
    .map((other) => pointerOf(pathWithin(other, contents) ?? []));
  return {
    ...violation,
    cause: {
      pointer: pointerOf(path ?? []),
      stablePointer: stablePointerOf(contents, path ?? []),
      precision: path === undefined || path.length === 0 ? "manifest" : precision,
      ...(others.length === 0 ? {} : { compared: others }),
      ...(reads === undefined ? {} : { reads }),
    },
  };
}

/** The steps below `contents` of an element; undefined where a pointer leads elsewhere. */
function pathWithin(pointer: Pointer, contents: Json): Path | undefined {
  const [, part, ...keys] = keysOf(pointer);
  if (part !== "contents") return undefined;
  let at: Json | undefined = contents;
  return keys.map((key) => {
    const step = isList(at) ? Number(key) : key;
    at = member(at, step);
    return step;
  });
}
