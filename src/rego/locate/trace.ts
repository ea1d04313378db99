import type { Json } from "../../model/json.ts";
import { chooseAmong } from "./choose.ts";
import { pointerOf, type Path } from "../../manifest/pointer.ts";
import { member } from "../../manifest/member.ts";
import type { Read, Step } from "./twin-static.ts";

/** One read as OPA's own evaluator saw it: where it led, and which keys were not there. */
interface TracedRead extends Omit<Read, "r"> {
  readonly path: Path;
  readonly missing?: readonly string[];
}

/** One way in which a rule came to a message, from the toolchain's `trace` operation. */
export interface Derivation {
  readonly rule: number;
  readonly message: Json;
  readonly steps: readonly (Pick<Step, "kind" | "line" | "neg" | "equal"> & {
    readonly reads?: readonly TracedRead[];
  })[];
}

/** The place that a traced derivation arises from, by the same rules as for twins; undefined where it read nothing of the document. */
export function placeOfDerivation(document: Json, derivation: Derivation): string | undefined {
  const place = chooseAmong(
    derivation.steps.map((step) => ({
      step,
      domain: [],
      seen: (step.reads ?? []).map(({ path, missing, ...read }) => ({
        read,
        reach: { path, missing: missing ?? [], value: valueAt(document, path) },
      })),
    })),
  );
  return place && pointerOf(place.path);
}

function valueAt(document: Json, path: Path): Json {
  let value: Json | undefined = document;
  for (const key of path) value = member(value, key);
  return value ?? null;
}
