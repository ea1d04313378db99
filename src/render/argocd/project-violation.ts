import type { Pointer } from "../../model/json.ts";
import type { Policy } from "../../model/policy.ts";
import type { Violation } from "../../model/violation.ts";

/** The policy that reports what AppProjects do not permit. */
export const projectPolicy: Policy = {
  id: "argocd/project",
  package: "argocd.project",
  title: "AppProject",
  description:
    "Argo CD refuses to sync destinations, source repositories and kinds of resources that the Application's AppProject does not permit. Extend the project, or change the Application.",
};

/** A violation of an AppProject, at a place of the manifest that it is about. */
export function projectViolation(pointer: Pointer, message: string): Violation {
  return {
    policy: projectPolicy.id,
    rule: "deny",
    level: "deny",
    message,
    cause: { pointer, stablePointer: pointer, precision: "value" },
    readsChange: false,
  };
}
