import type { Builtin } from "./builtin.ts";
import type { RegoValue } from "../value/rego-value.ts";
import { isArray } from "../value/rego-value.ts";
import { writeValue } from "../value/write-value.ts";

/** The plain verbs (`%s %d %v %q %%`) of Go's Sprintf. */
export const sprintf: Builtin = (_run, format, values) => {
  if (typeof format !== "string" || values === undefined || !isArray(values)) return undefined;
  let next = 0;
  return format.replaceAll(/%([sdvq%])/g, (_all, verb: string) => {
    if (verb === "%") return "%";
    const value = values[next++] ?? null;
    return verb === "q" && typeof value === "string" ? JSON.stringify(value) : plain(value);
  });
};

function plain(value: RegoValue): string {
  return typeof value === "string" ? value : writeValue(value);
}
