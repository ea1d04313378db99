import type { ReportedProblem } from "../../model/finding.ts";
import type { CheckRequest } from "../check-request.ts";
import { unmetExpectations } from "../expectations.ts";
import type { JudgedState, JudgedStates } from "../judging/judge-states.ts";

/** What is wrong with the policies and the configuration, and what in it matches nothing. `paths` are those of the trees. */
export function ownProblems(
  { config, configSource, judge, problems = [], paths: named = [] }: CheckRequest,
  paths: readonly string[],
  { before, after }: JudgedStates,
): readonly ReportedProblem[] {
  const reached = new Set([...environmentsOf(before), ...environmentsOf(after)]);
  const unmet = unmetExpectations(config, configSource, { judge, paths, named, reached });
  return [...problems, ...judge.problems, ...unmet].map((problem) => ({ status: "introduced", ...problem }));
}

/** The environments that manifests of a tree land in. */
function environmentsOf({ state, results }: JudgedState): readonly string[] {
  const ofSources = state.graph.sources.flatMap(({ environments }) => environments);
  const ofManifests = [...results.values()].flatMap(({ manifests }) => manifests.map(({ environment }) => environment));
  return [...ofSources, ...ofManifests.filter((environment) => environment !== undefined)];
}

/** A problem where nothing was judged, unless `allowEmpty` is set or a change touches no manifest. */
export function nothingJudged(
  { allowEmpty, before, config, judge, paths = [] }: CheckRequest,
  { results }: JudgedState,
): readonly ReportedProblem[] {
  if (allowEmpty === true) return [];
  if (judge.policies.length === 0) {
    return [
      {
        stage: "compile",
        status: "introduced",
        message: "the policies have no rule that can find anything: expected at least one deny, violation or warn rule",
      },
    ];
  }
  if (before !== undefined || [...results.values()].some(({ manifests }) => manifests.length > 0)) return [];
  const where = paths.length === 0 ? config.manifests.include : paths;
  return [{ stage: "read", status: "introduced", message: `no Kubernetes manifest under ${where.join(", ")}` }];
}
