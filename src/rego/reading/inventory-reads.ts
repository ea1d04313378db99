import type { Kinds } from "../../manifest/object-facts.ts";
import type { RuleFacts } from "../policies.ts";
import type { Reference } from "./module.ts";
import type { Reach } from "./reach.ts";

/** A deciding rule that looks other objects up, by its index, and the kinds that it looks up. */
export interface InventoryRead {
  readonly rule: number;
  readonly kinds: Kinds;
}

/** Where policies find other objects, unless their dialect has another place. */
export const inventoryPath: readonly string[] = ["portcullis", "inventory"];

/**
 * The rules that read the inventory at a path below `data`, themselves, through helpers, or through the exceptions of their
 * package; perhaps more, never fewer.
 */
export function inventoryReads(
  rules: readonly RuleFacts[],
  reach: Reach,
  path: readonly string[],
): readonly InventoryRead[] {
  return rules.flatMap(({ index, package: name, name: rule }) => {
    const references = [...reach(name, rule).references, ...reach(name, "exception").references];
    const read = references.flatMap((reference): Kinds[] => kindsRead(reference, path) ?? []);
    return read.length === 0 ? [] : [{ rule: index, kinds: union(read) }];
  });
}

/** All the kinds that are looked up. */
export function union(kinds: readonly Kinds[]): Kinds {
  if (kinds.includes("all")) return "all";
  return [...new Set(kinds.flat())].toSorted();
}

/** The kinds that a reference looks up: one, or all where its text does not tell; none where it reads something else. */
function kindsRead({ root, steps }: Reference, path: readonly string[]): [Kinds] | undefined {
  if (root !== "data") return undefined;
  if (path.some((key, at) => at < steps.length && steps[at] !== undefined && steps[at] !== key)) return undefined;
  const below = steps.slice(path.length);
  const [scope, ...rest] = below[0] === "several" ? below.slice(1) : below;
  const kind = scope === "cluster" ? rest[1] : scope === "namespace" ? rest[2] : undefined;
  return [typeof kind === "string" ? [kind] : "all"];
}
