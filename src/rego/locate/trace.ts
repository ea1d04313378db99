import type { Json } from "../../model/json.ts";
import { chooseAmong } from "./choose.ts";
import { pointerOf, type Path } from "../../manifest/pointer.ts";
import { member } from "../../manifest/member.ts";
import type { Read, Step } from "./twin-static.ts";

/** One read as the evaluator of OPA saw it: the place that it led to, and the keys that were absent. */
interface TracedRead extends Omit<Read, "r"> {
  readonly path: Path;
  readonly missing?: readonly string[];
}

/** One derivation of a message of a rule, from the `trace` operation of the toolchain. */
export interface Derivation {
  readonly rule: number;
  readonly message: Json;
  readonly steps: readonly (Pick<Step, "kind" | "line" | "neg" | "equal"> & {
    readonly reads?: readonly TracedRead[];
  })[];
}

/**
 * The place from which a traced derivation arises, by the same rules as for twins; undefined if it read nothing from
 * the document.
 */
export function placeOfDerivation(document: Json, derivation: Derivation): string | undefined {
  const choice = chooseAmong(
    derivation.steps.map((step) => ({
      step,
      domain: [],
      seen: (step.reads ?? []).map(({ path, missing, ...read }) => ({
        read,
        reach: { path, missing: missing ?? [], value: valueAt(document, path) },
      })),
    })),
  );
  return choice && pointerOf(choice.place.path);
}

function valueAt(document: Json, path: Path): Json {
  let value: Json | undefined = document;
  for (const key of path) value = member(value, key);
  return value ?? null;
}
