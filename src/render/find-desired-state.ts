import type { Gap, UsedRemote } from "../model/source.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree } from "../model/tree.ts";
import { submoduleGaps } from "./files/submodule-gaps.ts";
import { changedByCheckout } from "./checkout/changed-by-checkout.ts";
import { assignFiles, notApplied } from "./sources/assign-files.ts";
import { nameSources, nodesOf, type NamedSource } from "./sources/name-sources.ts";
import type { DesiredState, DesiredStateRequest, FetchedContent } from "./desired-state.ts";
import { baselineOf } from "./sources/baseline.ts";
import { carryOver } from "./sources/carry-over.ts";
import type { Instance, Planning } from "./sources/explore-objects.ts";
import type { Standalone } from "./standalone.ts";
import { nameOf, referenceText } from "./remotes/reference-text.ts";
import { findSources, findTheRest, type FoundSources } from "./sources/find-sources.ts";
import { surveyTree, type Survey } from "./sources/survey-tree.ts";
import { copyGaps } from "./sources/copy-gaps.ts";
import { planningInputs } from "./sources/planning-inputs.ts";
import { placedViolations } from "./sources/placed-violations.ts";

/**
 * Finds every source of a tree: those that GitOps objects apply, and the Kustomize roots and charts that none of
 * them reaches. Never rejects because of the tree's content.
 */
export async function findDesiredState(tree: Tree, request: DesiredStateRequest): Promise<DesiredState> {
  const survey = await surveyTree(tree, request);
  const found = await findSources(survey);
  const { unclaimed } = found;
  const rest = await findTheRest(survey, found);
  const own = [...unclaimed.instances, ...rest];
  const carried = await carryOver(survey, found, own);
  const plannings = [...unclaimed.plannings, ...carried.plannings];
  const inputsOf = (planning: Planning): string => planningInputs(planning, survey.renderContext.files);
  const named = nameSources(own, carried.instances, plannings);
  const assignment = assignFiles(survey, named);
  const held = assignment.files.filter(({ entry: { kind }, role, targets }) =>
    kind === "submodule" ? survey.applied === undefined || targets !== undefined : role !== notApplied,
  );
  const read = [
    ...held.map(({ entry }) => entry.path),
    ...named.flatMap(({ plannedSource }) => plannedSource.reads.map(({ path }) => path)),
    ...plannings.flatMap(({ planned }) => planned.reads),
  ];
  return {
    files: assignment.files,
    units: named.map(({ plannedSource }) => plannedSource.unit(assignment.covers.get(plannedSource) ?? [])),
    graph: {
      sources: nodesOf(named, survey.renderContext.files),
      gaps: once<Gap>([
        ...named.flatMap(({ summary }) => summary.gaps),
        ...submoduleGaps(held),
        ...(await changedByCheckout(survey.renderContext.files, read)),
        ...(await copyGaps(
          named.flatMap(({ plannedSource: { copies, source } }) => copies.map((copy) => ({ copy, source }))),
          { files: survey.renderContext.files, lock: survey.renderContext.vendor?.lock, baseline: request.baseline },
        )),
        ...unclaimed.plannings.flatMap((planning) =>
          planning.planned.gaps.map((gap) => ({ inputs: inputsOf(planning), ...gap })),
        ),
      ]),
    },
    remotes: usedRemotes(named),
    fetched: fetchedContents(named, survey),
    unplanned: unclaimed.plannings.flatMap(unplannedOf),
    baseline: baselineOf(
      assignment.files,
      survey.applied === undefined ? [...standaloneOf(survey, own), ...standInsAmong(survey, own)] : [],
      { ...unclaimed, instances: own },
      survey.renderContext,
    ),
    unjudged: carried.unjudged,
    incomplete: assignment.incomplete,
    starts: [...standaloneOf(survey, own), ...claimedStarts(survey, unclaimed)],
    isClusterScoped: survey.renderContext.scopes.isClusterScoped,
    scopes: survey.renderContext.scopes.digest,
    problems: [
      ...once<Problem>([...survey.problems, ...found.problems]).map((problem) => ({ ...problem, inputs: "" })),
      ...unclaimed.plannings.flatMap((planning) =>
        planning.planned.problems.map((problem) => ({ ...problem, inputs: inputsOf(planning) })),
      ),
    ],
    violations: await placedViolations(plannings, survey.renderContext.files),
  };
}

function unplannedOf({ object, planned }: Planning): readonly string[] {
  const { kind, namespace, name } = object.manifest.identity;
  if (planned.plans.length > 0 || planned.problems.length === 0) return [];
  return [`${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`];
}

function fetchedContents(named: readonly NamedSource[], { renderContext }: Survey): readonly FetchedContent[] {
  const all = named.flatMap(({ plannedSource: { fetched } }) => fetched);
  const each = new Map(all.map((one) => [JSON.stringify([one.directory, one.reference]), one]));
  return [...each.values()].flatMap(({ reference, version, digest, directory }) => {
    const files = renderContext.remotes.added.get(directory);
    return files === undefined ? [] : [{ reference, version, digest, files }];
  });
}

/** What servers have and sources render, each once, sorted. */
function usedRemotes(named: readonly NamedSource[]): readonly UsedRemote[] {
  const used = named.flatMap(({ plannedSource: { fetched, source } }) =>
    fetched.map(({ reference, version, digest, stale }): UsedRemote => ({
      source: source.id,
      reference: referenceText(reference),
      name: nameOf(reference),
      version,
      digest,
      ...(stale === undefined ? {} : { stale }),
      ...(reference.kind === "file" && reference.once === true ? { isPart: true } : {}),
    })),
  );
  return [...new Map(used.map((one) => [JSON.stringify(one), one]))]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, one]) => one);
}

/** The roots and charts that are sources by themselves. */
function standaloneOf({ standalone }: Survey, own: readonly Instance[]): readonly Standalone[] {
  const ids = new Set(own.map(({ plannedSource: { source } }) => source.id));
  return standalone.filter(({ directory }) => ids.has(directory === "" ? "." : directory));
}

/** The roots that stand in for a failed one that loads them: they judged this tree too. */
function standInsAmong({ standalone }: Survey, own: readonly Instance[]): readonly Standalone[] {
  const known = new Set(standalone.map(({ directory }) => directory));
  return own.flatMap(({ plannedSource: { source, steps } }): readonly Standalone[] => {
    const [directory] = steps.flatMap((step) => (step.kind === "kustomize" ? [step.path] : []));
    if (source.kind !== "kustomize" || directory === undefined || known.has(directory)) return [];
    return [{ kind: "root", directory, path: source.path, mentions: "nothing" }];
  });
}

/** Roots and charts whose own objects lead to a source that accounts for them. */
function claimedStarts({ standalone }: Survey, { starts, kept }: FoundSources["unclaimed"]): readonly Standalone[] {
  const paths = new Set(kept.filter((one) => one.kind !== "file" && !starts.includes(one)).map(({ path }) => path));
  return standalone.filter(({ path }) => paths.has(path));
}

/** Two objects may find the same; sorted, so that the same tree gives the same. */
function once<Item extends { readonly path?: string; readonly line?: number }>(
  items: readonly Item[],
): readonly Item[] {
  const unique = new Map(items.map((item) => [JSON.stringify([item.path, item.line ?? 0, item]), item]));
  return [...unique].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}
