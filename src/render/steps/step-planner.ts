import { sha256 } from "../../manifest/sha256.ts";
import type { ClusterProfile } from "../cluster-profile.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { digestText } from "../digest-text.ts";
import { isFoundAgain, recordLookups, type Lookups } from "../files/lookups.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { facts } from "../kept-values.ts";
import type { PlacedFetch, Step } from "../plan.ts";
import type { Entry } from "./entry.ts";
import { planStep } from "./plan-step.ts";
import type { PlannedStep, Read, RenderContext } from "./step.ts";

/** Plans the steps of sources of one tree, each once. `fetched`: what was fetched that the step is in. */
export interface StepPlanner {
  /** `entry` is the line that declares the source, `profile` that of the clusters it lands in. */
  plan(step: Step, profile: ClusterProfile, entry: Entry, fetched?: readonly PlacedFetch[]): Promise<PlannedStep>;
}

/** A planned step as it is cached, with what was looked up to plan it. */
interface KeptStep extends Omit<PlannedStep, "reads" | "render" | "places"> {
  readonly lookups: string;
  readonly reads: string;
}

/** What one step was in this many trees is cached: in a base, and in what changes make of it. */
const treesAtOnce = 4;

/**
 * Makes the planner of a tree. A step that was planned before, in this tree or another one, is taken from the cache where
 * all that was looked up for it is found again. Such a step is planned anew only to be rendered.
 */
export function stepPlanner(context: RenderContext, cache: DesiredStateRequest["cache"]): StepPlanner {
  const { files, renderer, scopes, config, vendor } = context;
  const known = facts<readonly KeptStep[]>(cache, "step");
  const common = sha256(digestText([renderer.digest, config, vendor, scopes.digest, files.layout]));
  const made = new Map<string, Promise<PlannedStep>>();

  async function planned(key: string, step: Step, entry: Entry, fetched: readonly PlacedFetch[]): Promise<PlannedStep> {
    const seen = await seenBy(step, context);
    if (step.kind === "kustomize") await seen.nodes.load([seen.files.directoryAt(step.path) ?? step.path]);
    const held = known.get(key) ?? [];
    const kept = await foundAgain(held, seen);
    const again = async (): Promise<PlannedStep> => inTree(await planStep(step, seen, entry, fetched), seen, files);
    if (kept !== undefined) return unkept(kept, again);
    const recording = recordLookups(seen, seen !== context);
    const fresh = inTree(await planStep(step, { ...seen, ...recording }, entry, fetched), seen, files);
    const lookups = recording.lookups();
    if (lookups === undefined) return fresh;
    const made = keptOf(fresh, lookups);
    const all = [made, ...held].slice(0, treesAtOnce);
    known.set(
      key,
      all,
      all.reduce((sum, one) => sum + 1000 + 2 * (one.lookups.length + one.reads.length), 0),
    );
    return unkept(made, again);
  }

  function unkept(kept: KeptStep, again: () => Promise<PlannedStep>): PlannedStep {
    const { lookups: _, reads, ...plain } = kept;
    let anew: Promise<PlannedStep> | undefined;
    const planned = (): Promise<PlannedStep> => (anew ??= again());
    return {
      ...plain,
      reads: readsOf(reads),
      render: async () => (await planned()).render(),
      places: async (rendering) => (await planned()).places(rendering),
    };
  }

  return {
    plan(step, profile, { path, line }, fetched = []) {
      const entry = { path, line };
      const full = withProfile(step, profile);
      const key = sha256(`${common} ${digestOf(profile)} ${digestText([step, entry, fetched])}`);
      // What is equal to another step may yet be written elsewhere.
      if (step.kind === "kustomize" && step.writtenAt !== undefined) return planned(key, full, entry, fetched);
      const plan = made.get(key) ?? planned(key, full, entry, fetched);
      made.set(key, plan);
      return plan;
    },
  };
}

/** The first of what is kept for a step that is the same in a tree. */
async function foundAgain(held: readonly KeptStep[], seen: RenderContext): Promise<KeptStep | undefined> {
  for (const kept of held) if (await isFoundAgain(listOf(kept.lookups), seen)) return kept;
  return undefined;
}

/** What a step sees of the tree: all of it, or an artifact that Flux makes of it. */
async function seenBy(step: Step, context: RenderContext): Promise<RenderContext> {
  const artifact = step.kind === "kustomize" || step.kind === "helm" ? step.artifact : undefined;
  return artifact === undefined ? context : { ...context, ...(await context.artifacts.of(artifact)) };
}

/** The step with what it reads by the paths of the tree, and with a word about what its artifact leaves out. */
function inTree(step: PlannedStep, { files: seen }: RenderContext, files: TreeFiles): PlannedStep {
  if (seen === files) return step;
  const leftOut = step.reads.filter(({ path, id }) => id === undefined && files.fileAt(path) !== undefined);
  const reads = step.reads
    .filter((read) => !leftOut.includes(read))
    .map(({ path, id }) => ({ path: seen.fileAt(path)?.path ?? path, id }));
  if (leftOut.length === 0) return { ...step, reads };
  const paths = leftOut.map(({ path }) => path).join(", ");
  const hint = `(not in Flux's artifact, as a link or by .sourceignore, spec.ignore or Flux's defaults: ${paths})`;
  return {
    ...step,
    reads,
    async render() {
      const rendering = await step.render();
      if (rendering.kind !== "failed") return rendering;
      const problems = rendering.problems.map((one) => ({ ...one, message: `${one.message} ${hint}` }));
      return { ...rendering, problems };
    },
  };
}

/** What the step itself asks for comes first. */
function withProfile(step: Step, { apiVersions, kubeVersion, servesNoOther }: ClusterProfile): Step {
  if (step.kind === "directory" || step.kind === "objects") return step;
  if (step.kind === "kustomize")
    return {
      ...step,
      cluster: {
        apiVersions,
        ...(servesNoOther === undefined ? {} : { servesNoOther }),
        ...(kubeVersion === undefined ? {} : { kubeVersion }),
      },
    };
  const version = step.kubeVersion ?? kubeVersion;
  const all = [...new Set([...(step.apiVersions ?? []), ...apiVersions])];
  return {
    ...step,
    ...(servesNoOther === true || step.apiVersions !== undefined ? { servesNoOther: true } : {}),
    ...(version === undefined ? {} : { kubeVersion: version }),
    ...(all.length === 0 ? {} : { apiVersions: all }),
  };
}

const profileDigests = new WeakMap<ClusterProfile, string>();

function digestOf(profile: ClusterProfile): string {
  const digest = profileDigests.get(profile) ?? sha256(digestText(profile));
  profileDigests.set(profile, digest);
  return digest;
}

function keptOf(step: PlannedStep, lookups: Lookups): KeptStep {
  const { options, inputs, content, problems, gaps, copies, fetched, stopped } = step;
  return {
    options,
    inputs,
    content,
    problems,
    gaps,
    ...(copies === undefined ? {} : { copies }),
    ...(fetched === undefined || fetched.length === 0 ? {} : { fetched }),
    ...(stopped === undefined ? {} : { stopped }),
    lookups: textOf(lookups),
    reads: textOf(step.reads.flatMap(({ path, id = "" }) => [path, id])),
  };
}

// One text takes less time to load than a list of many.
function textOf(list: readonly string[]): string {
  return list.join("\0");
}

function listOf(text: string): Lookups {
  return text === "" ? [] : text.split("\0");
}

function readsOf(text: string): readonly Read[] {
  const list = listOf(text);
  const reads: Read[] = [];
  for (let at = 0; at < list.length; at += 2) {
    const id = list[at + 1];
    reads.push({ path: list[at] ?? "", id: id === "" ? undefined : id });
  }
  return reads;
}
