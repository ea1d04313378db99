import { sha256 } from "../manifest/sha256.ts";
import type { Json, Pointer } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Gap, Source } from "../model/source.ts";
import type { DesiredStateRequest } from "./desired-state.ts";
import { facts } from "./facts.ts";
import type { Plan } from "./recipe.ts";
import type { RenderedObject } from "./rendered-objects.ts";
import type { Read, ReadyStep, StepPlaces, StepRendering } from "./steps/step.ts";
import type { SourcePlace, Unit, UnitReading } from "./unit.ts";

/** What is kept of a rendering that is short: enough to go on finding sources. */
export interface Outcome {
  readonly failed: boolean;
  readonly problems: readonly Problem[];
  readonly gaps: readonly Gap[];
  readonly manifests: number;
  /** Files of the tree that are accounted for; none where it failed. */
  readonly accounts: readonly string[];
  /** Those that other sources may come of: GitOps objects, ConfigMaps and Secrets. */
  readonly objects: readonly RenderedObject[];
}

/** A source whose reads are known; rendered once, whoever asks first. */
export interface ReadySource {
  readonly source: Source;
  readonly key: string;
  /** Equal for sources that render the same, whatever they are called. */
  readonly renderKey: string;
  readonly reads: readonly Read[];
  outcome(): Promise<Outcome>;
  unit(covers: readonly string[]): Unit;
}

type Rendering =
  | StepRendering
  | { readonly kind: "steps"; readonly steps: readonly (StepRendering & { readonly kind: "rendered" })[] };

/** Changes whenever what is kept of a rendering, or how it comes about, changes. */
const version = 1;

/** Puts the steps of a plan together. */
export function readySource(
  { source, gaps, project }: Plan,
  steps: readonly ReadyStep[],
  { cache, renderer }: Pick<DesiredStateRequest, "cache" | "renderer">,
): ReadySource {
  const asked = steps.map(({ options, reads }) => [options, reads.map(({ path, id }) => [path, id ?? 0])]);
  const renderKey = sha256(JSON.stringify([version, renderer.digest, asked]));
  const key = sha256(JSON.stringify([renderKey, source, gaps, project ?? null], plain));
  const renderings = facts<Rendering>(cache, "rendering");
  const outcomes = facts<Outcome>(cache, "outcome");
  const known = steps.flatMap(({ problems }) => problems);
  let failed: Rendering | undefined;
  let underWay: Promise<Rendering> | undefined;
  const rendering = async (): Promise<Rendering> => {
    const held = failed ?? renderings.get(renderKey);
    if (held !== undefined) return held;
    underWay ??= renderSteps(steps, known).then((made) => {
      underWay = undefined;
      // What a limit ended may succeed the next time; this time it is not tried again.
      if (made.kind === "failed" && made.transient === true) failed = made;
      else renderings.set(renderKey, made, weightOf(made));
      return made;
    });
    return underWay;
  };
  const asGaps = (found: readonly Omit<Gap, "source">[]): readonly Gap[] =>
    found.map((gap) => ({ source: source.id, ...gap }));
  const stepGaps = steps.flatMap((step) => step.gaps);
  return {
    source,
    key,
    renderKey,
    reads: steps.flatMap(({ reads }) => reads),
    async outcome() {
      const held = outcomes.get(renderKey);
      if (held !== undefined) return { ...held, gaps: [...gaps, ...asGaps([...stepGaps, ...held.gaps])] };
      const made = await rendering();
      const outcome = outcomeOf(made);
      if (made !== failed)
        outcomes.set(renderKey, outcome, 200 + 100 * (outcome.accounts.length + outcome.objects.length));
      return { ...outcome, gaps: [...gaps, ...asGaps([...stepGaps, ...outcome.gaps])] };
    },
    unit: (covers) => ({
      source,
      key,
      covers,
      render: async () => {
        const made = await rendering();
        const found = asGaps([...stepGaps, ...(made.kind === "steps" ? made.steps.flatMap((step) => step.gaps) : [])]);
        return readingOf(source, steps, made, [...gaps, ...found]);
      },
    }),
  };
}

async function renderSteps(steps: readonly ReadyStep[], known: readonly Problem[]): Promise<Rendering> {
  if (known.length > 0) return { kind: "failed", problems: known };
  const made: (StepRendering & { readonly kind: "rendered" })[] = [];
  for (const step of steps) {
    const rendering = await step.render();
    if (rendering.kind === "failed") return rendering;
    made.push(rendering);
  }
  return { kind: "steps", steps: made };
}

function outcomeOf(made: Rendering): Outcome {
  const steps = made.kind === "steps" ? made.steps : [];
  const objects = steps.flatMap((step) => step.objects);
  return {
    failed: made.kind === "failed",
    problems: made.kind === "failed" ? made.problems : [],
    gaps: steps.flatMap((step) => step.gaps.map((gap) => ({ source: "", ...gap }))),
    manifests: objects.length,
    accounts: [...new Set(steps.flatMap((step) => step.accounts))].toSorted(),
    objects: objects.filter(({ identity }) => isOfInterest(identity)),
  };
}

/** Objects that tell what else is applied, or hold values for it. */
export function isOfInterest({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  if (group === "argoproj.io") return kind !== "Rollout" && kind !== "Workflow";
  return group.endsWith(".toolkit.fluxcd.io") || (group === "" && (kind === "ConfigMap" || kind === "Secret"));
}

async function readingOf(
  source: Source,
  steps: readonly ReadyStep[],
  made: Rendering,
  gaps: readonly Gap[],
): Promise<UnitReading> {
  if (made.kind !== "steps") {
    const problems = made.kind === "failed" ? made.problems : [];
    return { manifests: [], problems, gaps, yaml: "", place: () => entryOf(source) };
  }
  const manifests: Manifest[] = [];
  const found = new Map<Manifest["value"], { readonly places: StepPlaces; readonly at: number }>();
  for (const [index, rendering] of made.steps.entries()) {
    const step = steps[index];
    if (step === undefined) throw new Error(`${source.id} has a rendering without a step`);
    const places = await step.places(rendering);
    for (const [at, object] of rendering.objects.entries()) {
      found.set(object.value, { places, at });
      manifests.push(manifestOf(object, source));
    }
  }
  return {
    manifests,
    problems: [],
    gaps,
    yaml: made.steps.map(({ yaml }) => yaml).join("---\n"),
    // By the value, which stays the same object when a manifest is given its environment.
    place: ({ value }, pointer: Pointer): SourcePlace => {
      const known = found.get(value);
      return known?.places.place(known.at, pointer) ?? entryOf(source);
    },
  };
}

/** A rendered object as a manifest of a source. */
export function manifestOf({ identity, apiVersion, value, position }: RenderedObject, source: Source): Manifest {
  const entry = { path: source.path, document: 0, line: source.line, pointer: "" };
  return { identity, apiVersion, value, position: position ?? entry, source: source.id };
}

function entryOf({ path, line }: Source): SourcePlace {
  return { path, place: { line, column: 1, endLine: line }, precision: "source" };
}

/** What a rendering takes in memory, about: values take more than the text that they were read from. */
function weightOf(made: Rendering): number {
  if (made.kind !== "steps") return 1000;
  return made.steps.reduce((sum, { yaml, objects }) => sum + 1000 + 8 * yaml.length + 200 * objects.length, 0);
}

function plain(_: string, value: Json): Json {
  return typeof value === "bigint" ? `${value}n` : value;
}
