import type { GitOpsObject, PlanContext, Planned } from "../gitops.ts";
import { placesOf } from "./places.ts";

export async function planApplicationSet(object: GitOpsObject, context: PlanContext): Promise<Planned> {
  const places = await placesOf(object, context.tree);
  const { namespace, name } = object.manifest.identity;
  const source = `ApplicationSet ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  const gap = { source, path: places.path, line: places.line(""), reason: "not generated yet" };
  return { plans: [], children: [], gaps: [gap], problems: [], violations: [], reads: [] };
}
