import { fixed, fixedOnceSet, type ImmutableRule } from "./rule.ts";

/** RoleBinding and ClusterRoleBinding. */
export const roleRef: ImmutableRule = (update) =>
  fixed(update, ["roleRef"], { unless: "delete the binding first, or create another one" });

export const priorityClass: ImmutableRule = (update) => [
  ...fixed(update, ["value"]),
  ...fixed(update, ["preemptionPolicy"]),
];

export const runtimeClass: ImmutableRule = (update) => fixed(update, ["handler"]);

/** The scope of a CustomResourceDefinition cannot change. */
export const customResourceDefinition: ImmutableRule = (update) => fixedOnceSet(update, ["spec", "scope"]);
