import type { Standing } from "../../../model/standing.ts";

/** How many findings of policies no waiver covers, and how many waivers cover. */
export function findingsOf({ policies, waived }: Standing): { readonly failing: number; readonly waived: number } {
  return {
    failing: Object.values(policies).reduce((sum, { findings }) => sum + findings, 0),
    waived: Object.values(waived).reduce((sum, findings) => sum + findings, 0),
  };
}

/** How many controls have which status. */
export function controlCounts({ controls }: Standing): {
  readonly satisfied: number;
  readonly waived: number;
  readonly failing: number;
  readonly undetermined: number;
} {
  return {
    satisfied: controls.satisfied,
    waived: Object.keys(controls.waived).length,
    failing: Object.keys(controls.failing).length,
    undetermined: controls.undetermined,
  };
}
