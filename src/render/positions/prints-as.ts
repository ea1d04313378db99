import { isScalar } from "../../manifest/pointer.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json } from "../../model/json.ts";

/** Whether a value was rendered unchanged; scalars are compared as text, since quoting may differ. */
export function printsAs(value: Json, rendered: Json): boolean {
  if (isScalar(value) && isScalar(rendered)) return String(value) === String(rendered);
  return sameJson(value, rendered);
}
