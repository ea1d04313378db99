import { sha256 } from "../../manifest/sha256.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Gap, Source } from "../../model/source.ts";
import { isSkipped, skipReason } from "../argocd/skipped.ts";
import { projectViolations } from "../argocd/project-violations.ts";
import type { VendoredCopy } from "../charts/vendored-chart.ts";
import { servedBy, type Scopes } from "../crd-scopes.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { digestText } from "../digest-text.ts";
import { facts } from "../kept-values.ts";
import type { Plan, ProjectLimits, Step } from "../plan.ts";
import type { FetchedDirectory } from "../remotes/remote-directories.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { repeatedKey, sourceViolations, type SourceViolation } from "../source-violations.ts";
import { isGitOps, isOfInterest } from "./objects-of-interest.ts";
import type { Rendering, Renderings } from "./rendering-cache.ts";
import type { Read, PlannedStep, StepPlaces, Transient } from "../steps/step.ts";
import { askedFor } from "../steps/without-places.ts";
import type { RenderState, SourcePlace, Unit, UnitReading } from "../unit.ts";

/** The summary of a rendering that is kept in memory: enough to find further sources. */
export interface RenderSummary {
  /** `unknown` where nothing of it is known: a gap tells why. */
  readonly state: RenderState;
  readonly problems: readonly Problem[];
  readonly gaps: readonly Gap[];
  readonly manifests: number;
  /** Length of what it prints. */
  readonly bytes: number;
  /** The files of the tree that the source accounts for; none where rendering failed. */
  readonly accounts: readonly string[];
  /** The objects that other sources depend on: GitOps objects, ConfigMaps and Secrets. */
  readonly objects: readonly RenderedObject[];
  /** The API versions that its CRDs make a cluster serve. */
  readonly served: readonly string[];
  /** What it yields may depend on the API versions that a cluster serves. */
  readonly asksApiVersions: boolean;
}

/** A source whose reads are known; it is rendered on the first request. */
export interface PlannedSource {
  readonly source: Source;
  /** Equal for sources that render the same, whatever their names. */
  readonly renderKey: string;
  readonly reads: readonly Read[];
  readonly projects: readonly ProjectLimits[];
  readonly steps: readonly Step[];
  readonly copies: readonly VendoredCopy[];
  /** What servers have and it renders. */
  readonly fetched: readonly FetchedDirectory[];
  /** Nothing of it is rendered: gaps say why. */
  readonly stopped: boolean;
  summary(): Promise<RenderSummary>;
  unit(covers: readonly string[]): Unit;
  /** The same source under another name. */
  as(source: Source): PlannedSource;
}

/** The caches that sources are rendered with. */
export interface RenderCaches {
  readonly cache: DesiredStateRequest["cache"];
  readonly renderings: Renderings;
  readonly scopes: Scopes;
  /** Digest of the renderer. */
  readonly digest: string;
}

/** Raised when the cached form of a rendering, or the way it is made, changes. */
const version = 8;

/** Makes a source from a plan and its prepared steps. */
export function sourceFromPlan(
  plan: Plan,
  steps: readonly PlannedStep[],
  caches: RenderCaches,
  madeFrom: readonly Read[] = [],
): PlannedSource {
  const content = steps.map((step) => step.content);
  const digestOf = (options: readonly string[]): string =>
    sha256(JSON.stringify([version, caches.digest, options, content]));
  return sourceUnderName(plan, {
    steps,
    renderKey: digestOf(steps.map(({ options }) => options)),
    inputs: once(() => digestOf(steps.map(({ inputs }) => inputs))),
    madeFrom,
    caches,
  });
}

function once<Value extends {}>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

interface SharedSteps {
  readonly steps: readonly PlannedStep[];
  readonly renderKey: string;
  /** The same without where options are written. */
  readonly inputs: () => string;
  /** The files that the plan was made from. */
  readonly madeFrom: readonly Read[];
  readonly caches: RenderCaches;
}

function sourceUnderName(plan: Plan, shared: SharedSteps): PlannedSource {
  const { source, projects = [] } = plan;
  const { steps, renderKey, caches } = shared;
  const summaries = facts<RenderSummary>(caches.cache, "summary");
  const needsScopes = projects.length > 0 || source.kind === "flux-kustomization";
  // Most sources are asked for none of these before they have their final name.
  const keyOf = once(() =>
    sha256(digestText([renderKey, source, plan.gaps, projects, needsScopes ? caches.scopes.digest : null])),
  );
  const inputsOf = once(() => sha256(digestText([shared.inputs(), projects])));
  const planInputsOf = once(() => sha256(digestText([plan.steps.map(askedFor), projects])));
  const rendering = (): Promise<Rendering> => caches.renderings.of(renderKey, () => renderSteps(steps));
  // What stops a source leaves all of it unjudged; any other gap is about a part, and the rest is judged as it changes.
  const stopped = steps.every((step) => step.stopped === true);
  const withGaps = (found: readonly Omit<Gap, "source">[]): readonly Gap[] =>
    [...plan.gaps, ...steps.flatMap((step) => step.gaps), ...found].map((gap) => ({
      inputs: stopped ? inputsOf() : planInputsOf(),
      ...gap,
      source: source.id,
    }));
  return {
    source,
    renderKey,
    projects,
    steps: plan.steps,
    reads: [...steps.flatMap(({ reads }) => reads), ...shared.madeFrom],
    copies: steps.flatMap(({ copies = [] }) => copies),
    fetched: steps.flatMap(({ fetched = [] }) => fetched),
    stopped,
    as: (other) => sourceUnderName({ ...plan, source: other }, shared),
    async summary() {
      const held = summaries.get(renderKey);
      if (held !== undefined) return { ...held, gaps: withGaps(held.gaps) };
      const rendered = await rendering();
      const summary = summaryOf(rendered, stopped);
      if (rendered.kind !== "failed" || rendered.transient !== true)
        summaries.set(renderKey, summary, 200 + 100 * (summary.accounts.length + summary.objects.length));
      return { ...summary, gaps: withGaps(summary.gaps) };
    },
    unit: (covers) => ({
      source,
      key: keyOf(),
      get inputs() {
        return inputsOf();
      },
      covers,
      render: async () => {
        const rendered = await rendering();
        const found = rendered.kind === "steps" ? rendered.steps.flatMap((step) => step.gaps) : [];
        // Without a step, or with one that a gap stopped, what is missing is unknown.
        const isKnown = rendered.kind !== "steps" || rendered.steps.every(({ unknown }) => unknown !== true);
        const isWhole =
          isKnown && plan.incomplete !== true && steps.length > 0 && steps.every(({ stopped }) => stopped !== true);
        return readingOf(source, projects, {
          isWhole,
          steps,
          rendered,
          gaps: withGaps(found),
          scopes: caches.scopes,
        });
      },
    }),
  };
}

async function renderSteps(steps: readonly PlannedStep[]): Promise<Rendering> {
  const known = steps.flatMap(({ problems }) => problems);
  if (known.length > 0) return { kind: "failed", problems: known };
  const rendered: (Rendering & { readonly kind: "steps" })["steps"][number][] = [];
  for (const step of steps) {
    const rendering = await step.render();
    if (rendering.kind === "failed") return rendering;
    rendered.push(rendering);
  }
  return { kind: "steps", steps: rendered };
}

function summaryOf(rendered: Rendering, stopped: boolean): RenderSummary {
  const steps = rendered.kind === "steps" ? rendered.steps : [];
  const objects = steps.flatMap((step) => step.objects);
  const isUnknown = stopped || steps.every(({ unknown }) => unknown === true);
  return {
    state: rendered.kind === "failed" ? "failed" : isUnknown ? "unknown" : "rendered",
    problems: rendered.kind === "failed" ? rendered.problems : [],
    gaps: steps.flatMap((step) => step.gaps.map((gap) => ({ ...gap, source: "" }))),
    manifests: objects.length,
    bytes: steps.reduce((sum, { yaml }) => sum + yaml.length, 0),
    accounts: [...new Set(steps.flatMap((step) => step.accounts))].toSorted(),
    objects: objects.filter(({ identity }) => isOfInterest(identity)),
    served: servedBy(objects),
    asksApiVersions: rendered.kind === "failed" || steps.some((step) => step.asksApiVersions === true),
  };
}

interface RenderedSource {
  readonly steps: readonly PlannedStep[];
  readonly rendered: Rendering;
  readonly isWhole: boolean;
  readonly gaps: readonly Gap[];
  readonly scopes: Scopes;
}

function readingOf(
  source: Source,
  projects: readonly ProjectLimits[],
  { steps, rendered, isWhole, gaps, scopes }: RenderedSource,
): UnitReading {
  if (rendered.kind === "failed") {
    const isObject = source.kind !== "kustomize" && source.kind !== "helm" && source.kind !== "directory";
    return {
      state: "failed",
      manifests: [],
      problems: rendered.problems.map((problem) =>
        isObject && problem.stage === "render" ? { ...problem, source: source.id } : problem,
      ),
      gaps,
      yaml: "",
      prepare: async () => ({}),
      place: () => entryOf(source),
    };
  }
  const manifests: Manifest[] = [];
  const notApplied: Manifest[] = [];
  const ofSteps: (readonly Manifest[])[] = [];
  const repeated: SourceViolation[] = [];
  /** Keyed by the value, which stays the same object when a manifest gets its environment. */
  const found = new Map<Manifest["value"], { readonly step: number; readonly at: number }>();
  for (const [step, { objects }] of rendered.steps.entries()) {
    const start = manifests.length;
    for (const [at, object] of objects.entries()) {
      found.set(object.value, { step, at });
      const manifest = manifestOf(object, source);
      if (isLeftAlone(manifest, source)) {
        notApplied.push(manifest);
        continue;
      }
      manifests.push(manifest);
      for (const key of object.repeatedKeys ?? []) repeated.push({ manifest, violation: repeatedKey(key) });
    }
    ofSteps.push(manifests.slice(start));
  }
  let places: readonly StepPlaces[] | undefined;
  let preparing: Promise<Transient> | undefined;
  const prepare = async (): Promise<Transient> => {
    const pending = rendered.steps.flatMap((rendering, at) => {
      const step = steps[at];
      return step === undefined ? [] : [step.places(rendering)];
    });
    places = await Promise.all(pending);
    return places.some(({ transient }) => transient === true) ? { transient: true } : {};
  };
  return {
    state: isWhole ? "rendered" : "unknown",
    manifests,
    ...(notApplied.length === 0
      ? {}
      : { notApplied: notApplied.map((manifest) => ({ manifest, reason: skipReason })) }),
    problems: [],
    gaps,
    violations: [
      ...projects.flatMap((project) => projectViolations(project, manifests, scopes.isClusterScoped)),
      ...sourceViolations(source, ofSteps, scopes),
      ...repeated,
    ],
    yaml: rendered.steps.map(({ yaml }) => yaml).join("---\n"),
    prepare: () => (preparing ??= prepare()),
    place: (manifest, pointer) => {
      const known = found.get(manifest.value);
      const place = known === undefined ? undefined : places?.[known.step]?.place(known.at, pointer);
      return place ?? (places === undefined ? startOf(manifest) : entryOf(source));
    },
  };
}

/**
 * Whether Argo CD does nothing with an object that its Application yields. GitOps objects are judged all the same: one that was
 * applied before goes on to apply what it names. So is everything that the plan of the tree before finds in the tree after.
 */
function isLeftAlone({ identity, value }: Manifest, { kind, carriedOver }: Source): boolean {
  return kind === "argocd-application" && carriedOver !== true && isSkipped(value) && !isGitOps(identity);
}

/** Makes the manifest of a rendered object of a source. */
export function manifestOf({ identity, apiVersion, value, position, when }: RenderedObject, source: Source): Manifest {
  const entry = { path: source.path, document: 0, line: source.line, pointer: "" };
  return {
    identity,
    apiVersion,
    value,
    position: position ?? entry,
    source: source.id,
    ...(when === undefined ? {} : { when }),
  };
}

function startOf({ position: { path, line } }: Manifest): SourcePlace {
  return { path, place: { line, column: 1, endLine: line }, precision: "source" };
}

function entryOf({ path, line }: Source): SourcePlace {
  return { path, place: { line, column: 1, endLine: line }, precision: "source" };
}
