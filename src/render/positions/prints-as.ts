import { isScalar } from "../../manifest/pointer.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json } from "../../model/json.ts";

/** Whether what was rendered is this value as it stands, quoted or not. */
export function printsAs(value: Json, rendered: Json): boolean {
  if (isScalar(value) && isScalar(rendered)) return String(value) === String(rendered);
  return sameJson(value, rendered);
}
