import { canonicalJson } from "../manifest/canonical-json.ts";
import { isList, member } from "../manifest/member.ts";
import { isScalar, pointerOf, stablePointerOf, type Path } from "../manifest/pointer.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Cause, Precision } from "../model/violation.ts";

/** Steps into an object, as the module gives them. */
export type Steps = readonly (string | number)[];

/** What an expression rests on, besides the values that it reads. */
export interface Rests {
  readonly place: Steps;
  readonly reads?: readonly Steps[];
  /** What identifies the expression. */
  readonly by: Json;
}

/** The most values that are named beside the place of a finding. */
const maxCompared = 4;

/** The cause of a violation at a place of an object; where the place is missing, at the nearest object that should hold it. */
export function causeOf(object: JsonObject, { place, reads = [], by }: Rests): Cause {
  const path = existing(object, unescaped(object, place));
  const precision: Precision = path.length === 0 ? "manifest" : path.length < place.length ? "parent" : "value";
  const pointer = pointerOf(path);
  const read = reads.map((steps) => unescaped(object, steps));
  const compared = read
    .filter((steps) => isScalar(valueOf(object, steps)))
    .map(pointerOf)
    .filter((other) => other !== pointer);
  const values = read.map((steps): Json => [pointerOf(steps), valueOf(object, steps) ?? null]);
  return {
    pointer,
    stablePointer: stablePointerOf(object, path),
    precision,
    ...(compared.length === 0 ? {} : { compared: compared.slice(0, maxCompared) }),
    reads: sha256(canonicalJson([by, ...values.toSorted(byText)])).slice(0, 16),
  };
}

function byText(a: Json, b: Json): number {
  return canonicalJson(a) < canonicalJson(b) ? -1 : 1;
}

function valueOf(object: Json, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => member(at, key), object);
}

/** The part of a path that is there. */
function existing(object: Json, path: Path): Path {
  let at: Json | undefined = object;
  for (const [index, key] of path.entries()) {
    at = member(at, key);
    if (at === undefined) return path.slice(0, index);
  }
  return path;
}

/** The path with the names of the object's fields: CEL names those that are no identifiers by escapes. */
function unescaped(object: Json, steps: Steps): Path {
  let at: Json | undefined = object;
  return steps.map((step) => {
    const key = typeof step === "string" && !isList(at) && member(at, step) === undefined ? unescape(step) : step;
    at = member(at, key);
    return key;
  });
}

const escapes: { readonly [escape: string]: string } = {
  __underscores__: "__",
  __dot__: ".",
  __dash__: "-",
  __slash__: "/",
};

/** The name that CEL writes as an identifier, as Kubernetes escapes it. */
function unescape(name: string): string {
  const [, reserved] = /^__([a-z]+)__$/.exec(name) ?? [];
  if (reserved !== undefined && !Object.hasOwn(escapes, name)) return reserved;
  return name.replaceAll(/__(?:underscores|dot|dash|slash)__/g, (escape) => escapes[escape] ?? escape);
}
