import type { Planned } from "../gitops.ts";

/** The result for an object that yields no manifests of its own. */
export const nothingPlanned: Planned = {
  plans: [],
  children: [],
  gaps: [],
  problems: [],
  violations: [],
  reads: [],
};
