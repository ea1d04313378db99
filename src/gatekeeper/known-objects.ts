import type { JsonObject } from "../model/json.ts";
import type { TemplateData } from "../rego/template/template-engine.ts";

/** What is known of the other objects of an environment. */
export interface KnownObjects {
  /** The Namespace of a name; undefined where the environment has none of that name. */
  namespace(name: string): JsonObject | undefined;
  /** `data` with `inventory`. */
  readonly inventory: TemplateData;
}

/** Nothing is known. */
export const nothingKnown: KnownObjects = {
  namespace: () => undefined,
  inventory: { key: "none", text: () => '{"inventory":{"cluster":{},"namespace":{}}}' },
};
