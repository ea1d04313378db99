import type { GitOpsObject, PlanContext } from "../gitops.ts";
import { objectsAt, textsAt } from "./fields.ts";

/** Whether a feature gate of a Flux controller is open: a flag that repositories set by patching its Deployment. */
export function isGateOpen(object: GitOpsObject, controller: string, gate: string, context: PlanContext): boolean {
  return context
    .find(object, { group: "apps", kind: "Deployment", name: controller })
    .flatMap(({ value }) => objectsAt(value, "spec", "template", "spec", "containers"))
    .flatMap(({ item }) => textsAt(item, "args"))
    .some((argument) => argument.startsWith("--feature-gates=") && isSet(argument, gate));
}

function isSet(argument: string, gate: string): boolean {
  return argument
    .slice(argument.indexOf("=") + 1)
    .split(",")
    .some((one) => one.trim() === `${gate}=true`);
}
