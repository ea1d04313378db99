import { valueAt } from "../../manifest/pointer.ts";
import { withoutSecretValues } from "../../manifest/without-secret-values.ts";
import type { SeenValue } from "../../model/explanation.ts";
import type { JsonObject } from "../../model/json.ts";

const MASK = "***";

/**
 * What of the values that rules saw in a manifest may be shown: of a Secret only what is at a known place outside its data,
 * numbers and booleans, since anything else may be made from what it holds.
 */
export function hidingSecrets(manifest: JsonObject): (value: SeenValue) => SeenValue {
  const masked = withoutSecretValues(manifest);
  if (masked === manifest) return (value) => value;
  return function hide(value: SeenValue): SeenValue {
    const near = value.near === undefined ? {} : { near: hide(value.near) };
    const known = value.pointer === undefined ? undefined : valueAt(masked, value.pointer.map(String));
    const values =
      known !== undefined && value.values.length === 1
        ? [known]
        : value.values.map((one) => (typeof one === "boolean" || typeof one === "number" ? one : MASK));
    return { ...value, ...near, values };
  };
}
