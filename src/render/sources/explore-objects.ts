import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import { planArgo } from "../argocd/plan-argo.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { contentId } from "../files/content-id.ts";
import { planFlux } from "../flux/plan-flux.ts";
import type { GitOpsObject, PlanContext, Planned, TreeView, Wanted } from "../gitops.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import type { ObjectIndex, SearchOrigin } from "./object-index.ts";
import { isGitOps } from "./objects-of-interest.ts";
import {
  manifestOf,
  sourceFromPlan,
  type RenderSummary,
  type RenderCaches,
  type PlannedSource,
} from "./planned-source.ts";
import type { ClusterProfile, ServedVersions } from "../cluster-profile.ts";
import type { Plan } from "../plan.ts";
import type { StepPlanner } from "../steps/step-planner.ts";
import type { RenderContext } from "../steps/step.ts";

/** A source with its rendering, shared by all objects that lead to it. */
export interface Instance {
  /** Without the parent: equal requests of two objects are one source. */
  readonly key: string;
  readonly plannedSource: PlannedSource;
  readonly summary: RenderSummary;
  readonly plannings: Planning[];
  /** The files in which the chains start that its objects were followed from. */
  readonly followedFrom: Set<string>;
}

/** One GitOps object with what was planned for it. */
export interface Planning {
  readonly object: GitOpsObject;
  readonly planned: Planned;
  readonly instances: Instance[];
  readonly children: Planning[];
  /** The files in which the chains start that led to it. */
  readonly starts: Set<string>;
}

/** The state shared by one round of exploring a tree. */
export interface Explorer {
  readonly request: DesiredStateRequest;
  readonly view: TreeView;
  readonly renderContext: RenderContext;
  readonly steps: StepPlanner;
  readonly caches: RenderCaches;
  /** By key. */
  readonly instances: Map<string, Instance>;
  readonly index: ObjectIndex;
  /** What CRDs make clusters serve that sources of the round before yield. */
  readonly served: readonly ServedVersions[];
  /** Every search that planning made among objects, with its result. */
  readonly searches: Search[];
  readonly problems: Problem[];
}

export interface Search {
  readonly from: SearchOrigin;
  readonly wanted: Wanted;
  readonly found: readonly Manifest[];
}

/** The longest chain of sources that lead to sources: an object that generates itself anew must end. */
const deepest = 24;
/** The most sources of one tree. */
const most = 20_000;

/** An object that is to be planned. */
interface Step {
  readonly object: GitOpsObject;
  /** The file in which the chain starts. */
  readonly start: string;
  /** The objects that led to it. */
  readonly chain: readonly string[];
  readonly owners: readonly Instance[];
  readonly into: Planning[];
}

/** Plans the GitOps objects of plain files, and everything that they lead to. */
export async function exploreObjects(
  objects: readonly { readonly manifest: Manifest; readonly environments: readonly string[] }[],
  explorer: Explorer,
): Promise<Planning[]> {
  const into: Planning[] = [];
  await follow(
    objects
      .filter(({ manifest }) => isGitOps(manifest.identity))
      .map((object): Step => ({ object, start: object.manifest.position.path, chain: [], owners: [], into })),
    explorer,
  );
  return into;
}

/** Plans objects of the tree before, as they were, by what this tree holds. */
export async function exploreAgain(objects: readonly GitOpsObject[], explorer: Explorer): Promise<Planning[]> {
  const into: Planning[] = [];
  await follow(
    objects.map((object): Step => ({ object, start: object.manifest.position.path, chain: [], owners: [], into })),
    explorer,
  );
  return into;
}

/** Renders a source, and plans what comes of it. */
export async function explorePlan(plan: Plan, explorer: Explorer): Promise<Instance> {
  const instance = await instanceOf(plan, explorer);
  const start = plan.source.path;
  if (isFirstFrom(start, instance)) await follow(stepsIn(instance, { start, chain: [], owners: [] }), explorer);
  return instance;
}

/** Has a source rendered that may be asked for soon. Who asks is told how that went. */
export function renderAhead(plan: Plan, explorer: Explorer): void {
  void plannedFor(plan, explorer)
    .then((source) => source.summary())
    .catch(() => undefined);
}

async function follow(steps: readonly Step[], explorer: Explorer): Promise<void> {
  if (explorer.request.follow === false) return;
  let level = steps;
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest || explorer.instances.size > most) {
      explorer.problems.push(tooMany(level));
      return;
    }
    const next = await mapConcurrently(level, (step) => takeStep(step, explorer));
    level = next.flat();
  }
}

async function takeStep({ object, start, chain, owners, into }: Step, explorer: Explorer): Promise<readonly Step[]> {
  const key = keyOf(object.manifest);
  if (chain.includes(key)) return [];
  const context = contextFor(object, { start, owners }, explorer);
  explorer.request.onPlanned?.(object, context);
  const planned = (await planArgo(object, context)) ?? (await planFlux(object, context));
  if (planned === undefined) return [];
  const instances: Instance[] = [];
  for (const plan of planned.plans) instances.push(await instanceOf(withGapInputs(plan, object), explorer));
  const known = into.find((one) => keyOf(one.object.manifest) === key && isPlannedAlike(one, { planned, instances }));
  const planning: Planning = known ?? { object, planned, instances, children: [], starts: new Set() };
  planning.starts.add(start);
  if (known === undefined) into.push(planning);
  const next: Step[] = [];
  const further = [...chain, key];
  // What several clusters have in common is followed from each of them: what it references may differ there.
  for (const instance of instances)
    if (isFirstFrom(start, instance)) next.push(...stepsIn(instance, { start, chain: further, owners }));
  for (const { manifest, origin } of planned.children) {
    const { kind, namespace, name } = object.manifest.identity;
    next.push({
      object: {
        manifest,
        parent: `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
        ...(object.directories === undefined ? {} : { directories: object.directories }),
        environments: object.environments,
        ...(origin === undefined ? {} : { origin }),
      },
      start,
      chain: further,
      owners,
      into: planning.children,
    });
  }
  return next;
}

/** A part without a step is known only by the object that asks for it. */
function withGapInputs(plan: Plan, { manifest: { value } }: GitOpsObject): Plan {
  if (plan.steps.length > 0 && plan.incomplete !== true) return plan;
  const inputs = sha256(toJsonText(value["spec"] ?? null));
  return { ...plan, gaps: plan.gaps.map((gap) => ({ inputs, ...gap })) };
}

function stepsIn(
  instance: Instance,
  { start, chain, owners }: Pick<Step, "start" | "chain" | "owners">,
): readonly Step[] {
  const { source } = instance.plannedSource;
  const led = [instance, ...owners];
  const directories = [...new Set(led.flatMap(({ plannedSource }) => plannedSource.steps.flatMap(directoryOfStep)))];
  return instance.summary.objects
    .filter(({ identity }) => isGitOps(identity))
    .map((object) => ({
      object: {
        manifest: manifestOf(object, source),
        parent: source.id,
        directories,
        environments: source.environments,
      },
      start,
      chain,
      owners: led,
      into: instance.plannings,
    }));
}

function directoryOfStep(step: Plan["steps"][number]): readonly string[] {
  if (step.kind === "objects") return [];
  if (step.kind !== "helm") return [step.path];
  return step.chart.kind === "path" ? [step.chart.path] : [];
}

function isFirstFrom(start: string, { followedFrom }: Instance): boolean {
  const isFirst = !followedFrom.has(start);
  followedFrom.add(start);
  return isFirst;
}

/** Whether an object was planned before with the same outcome. */
function isPlannedAlike(one: Planning, other: Pick<Planning, "planned" | "instances">): boolean {
  const outcome = ({ planned, instances }: typeof other): string =>
    toJsonText([
      instances.map(({ key }) => key),
      planned.children.map(({ manifest }) => manifest.value),
      [...planned.gaps, ...planned.problems].map(
        ({ message = "", reason = "" }: { message?: string; reason?: string }) => message + reason,
      ),
      planned.violations.map(({ violation }) => violation.message),
    ]);
  return outcome(one) === outcome(other);
}

/** The source of a plan: with what rendered CRDs make clusters serve only where it asks for API versions. */
async function plannedFor(plan: Plan, { renderContext, steps, caches, served }: Explorer): Promise<PlannedSource> {
  const { profiles } = renderContext;
  const madeFrom = (plan.reads ?? []).map((path) => ({ path, id: contentId(renderContext.files.fileAt(path)) }));
  const sourceWith = async (profile: ClusterProfile): Promise<PlannedSource> =>
    sourceFromPlan(
      plan,
      await Promise.all(plan.steps.map((step) => steps.plan(step, profile, plan.source, plan.fetched))),
      caches,
      madeFrom,
    );
  const { id, environments } = plan.source;
  // A chart is rendered before its own CRDs are there, at first, and after: they leave open what the cluster serves.
  const others = served.some(({ source }) => source === id) ? served.filter(({ source }) => source !== id) : served;
  const [known, all] = [profiles.of(environments), profiles.of(environments, others)];
  const source = await sourceWith(known);
  const isWhole = all.apiVersions.length === known.apiVersions.length;
  return isWhole || !(await source.summary()).asksApiVersions ? source : sourceWith(all);
}

async function instanceOf(plan: Plan, explorer: Explorer): Promise<Instance> {
  const { request, instances } = explorer;
  const plannedSource = await plannedFor(plan, explorer);
  const { parent: _, ...source } = plan.source;
  const key = JSON.stringify([plannedSource.renderKey, source]);
  const known = instances.get(key);
  if (known !== undefined) return known;
  const summary = await plannedSource.summary();
  const meanwhile = instances.get(key);
  if (meanwhile !== undefined) return meanwhile;
  const instance: Instance = { key, plannedSource, summary, plannings: [], followedFrom: new Set() };
  instances.set(key, instance);
  request.onRendered?.({ key, id: plannedSource.source.id, bytes: summary.bytes });
  return instance;
}

function contextFor(
  object: GitOpsObject,
  { start, owners }: Pick<Step, "start" | "owners">,
  { request, view, renderContext, index, searches }: Explorer,
): PlanContext {
  const from = {
    owners: owners.map(({ key }) => key),
    environments: object.environments,
    start,
  };
  return {
    tree: view,
    config: request.config,
    repositories: request.repositories,
    branches: request.branches,
    renderer: renderContext.renderer,
    remotes: renderContext.remotes,
    artifact: (layout) => renderContext.artifacts.of(layout),
    ...(request.baseline === undefined ? {} : { baseline: request.baseline }),
    find(_, wanted) {
      const found = index.find(from, wanted);
      searches.push({ from, wanted, found });
      return found;
    },
  };
}

const keys = new WeakMap<Manifest, string>();

function keyOf(manifest: Manifest): string {
  const { identity, position } = manifest;
  const key = keys.get(manifest) ?? JSON.stringify([identity, position.path, position.document, position.pointer]);
  keys.set(manifest, key);
  return key;
}

function tooMany(level: readonly Step[]): Problem {
  const [step] = level;
  return {
    stage: "render",
    ...(step === undefined
      ? {}
      : { path: step.object.manifest.position.path, line: step.object.manifest.position.line }),
    message: `GitOps objects lead to too many others: expected at most ${most} sources, in chains of at most ${deepest}`,
  };
}
