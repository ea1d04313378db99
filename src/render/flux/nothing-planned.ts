import type { Planned } from "../gitops.ts";

/** What becomes of an object that yields no manifests of its own. */
export const nothingPlanned: Planned = {
  plans: [],
  children: [],
  gaps: [],
  problems: [],
  violations: [],
  reads: [],
};
