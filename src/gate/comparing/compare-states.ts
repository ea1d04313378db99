import type { BuiltinCheck, StateOverview } from "../../model/builtin-check.ts";
import type { JudgedState, JudgedStates } from "../judging/judge-states.ts";
import { findingsOfChange, findingsOfStates } from "./builtin-findings.ts";
import type { Comparison } from "./classify.ts";
import { comparisonsOf } from "./compare-change.ts";
import type { Drafter } from "./drafts.ts";
import { gapsOf } from "../reporting/gaps.ts";
import { compareToolViolations } from "./tool-violations.ts";

/** Compares all that was found in two trees: in manifests, in GitOps objects, in each tree as a whole and in the change itself. */
export async function compareStates(
  states: JudgedStates,
  builtins: readonly BuiltinCheck[],
  draft: Drafter,
): Promise<readonly Comparison[]> {
  const { before, after, changes, isChange } = states;
  const overview = { before: overviewOf(before), after: overviewOf(after) };
  const change = { changes, ...overview, unjudged: after.state.unjudged };
  return [
    ...comparisonsOf(states, draft),
    ...compareToolViolations(before.state, after.state, draft),
    ...findingsOfStates(builtins, overview, draft),
    ...(isChange ? [await findingsOfChange(builtins, change, states, draft)] : []),
  ];
}

/** A state as builtin checks see it as a whole: what the tree's own plan applies. */
function overviewOf(state: JudgedState): StateOverview {
  const { sources, results, notApplied } = state;
  const own = new Map([...sources].filter(([, { carriedOver }]) => carriedOver !== true));
  const isApplied = ({ source }: { readonly source?: string }): boolean =>
    sources.get(source ?? "")?.carriedOver !== true;
  const manifests = [...results.values()].flatMap((judged) => judged.manifests.filter(isApplied));
  return { manifests, notApplied, sources: own, gaps: gapsOf(state) };
}
