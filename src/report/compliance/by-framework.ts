import type { ControlResult } from "../../model/compliance.ts";

/** The results of one framework in one environment each, in their order. */
export function byFramework(results: readonly ControlResult[]): readonly (readonly ControlResult[])[] {
  const groups = new Map<string, ControlResult[]>();
  for (const result of results) {
    const key = JSON.stringify([result.framework.id, result.environment]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}
