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

/**
 * What an AppProject does not permit, at a place of the manifest that breaks it. `former`: the project as the tree before
 * has it, which limits a change that loosens it.
 */
export function projectViolation(pointer: Pointer, message: string, former?: true): Violation {
  return {
    policy: projectPolicy.id,
    rule: "deny",
    level: "deny",
    message: former === undefined ? message : `${message}, as it is before this change`,
    // What the project of either tree refuses is one violation.
    cause: { pointer, stablePointer: pointer, precision: "value", reads: message },
    readsChange: false,
  };
}
