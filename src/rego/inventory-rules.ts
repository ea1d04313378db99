import { derivedOnce, type Derived } from "../model/derived.ts";
import type { PolicySources } from "../model/policy.ts";
import type { RuleFacts } from "./policies.ts";
import { inventoryPath, inventoryReads, type InventoryRead } from "./reading/inventory-reads.ts";
import { readModule } from "./reading/module.ts";
import { reachIn } from "./reading/reach.ts";

/** The rules that look other objects up. Most sets have none, and not even the word. `digest` is that of the set. */
export function inventoryRules(
  { files, inventoryAt = inventoryPath }: PolicySources,
  rules: readonly RuleFacts[],
  digest: string,
  derived: Derived | undefined,
): readonly InventoryRead[] {
  if (!files.some(({ text }) => text.includes("inventory"))) return [];
  return derivedOnce(derived, `inventory ${digest}`, () =>
    inventoryReads(rules, reachIn(files.map(readModule)), inventoryAt),
  );
}
