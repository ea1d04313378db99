import type { Planner } from "../gitops.ts";
import { planApplication } from "./application.ts";
import { planApplicationSet } from "./application-set.ts";

/** Plans Applications and ApplicationSets. An AppProject is read where an Application names it. */
export const planArgo: Planner = async (object, context) => {
  const { group, kind } = object.manifest.identity;
  if (group !== "argoproj.io") return undefined;
  switch (kind) {
    case "Application":
      return planApplication(object, context);
    case "ApplicationSet":
      return planApplicationSet(object, context);
    default:
      return undefined;
  }
};
