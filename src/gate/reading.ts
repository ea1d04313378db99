import { isObject } from "../manifest/identity.ts";
import type { Pointer } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Gap } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { FileReading } from "../render/files/read-file.ts";
import type { ScopedFile, Target } from "../render/files/role.ts";
import { encryptedGaps } from "./judging/encrypted-gaps.ts";
import type { RenderState, SourcePlace, Unit, UnitReading } from "../render/unit.ts";
import type { JudgedSource, NotApplied } from "./judged-source.ts";

/** What yields manifests: a file in scope or a unit. */
export type Origin = ScopedFile | Unit;

/** The manifests of one origin, one for each environment they land in. */
export interface Reading {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  readonly skipped: JudgedSource["skipped"];
  readonly notApplied?: readonly NotApplied[];
  readonly gaps?: readonly Gap[];
  /** What the source's own tool found in one of `manifests`. */
  readonly violationsOf?: (manifest: Manifest) => readonly Violation[];
  /** Must be awaited before `place` is called. `transient`: places may be known better next time. */
  readonly prepare?: () => Promise<{ readonly transient?: true }>;
  readonly place: (manifest: Manifest, pointer: Pointer) => SourcePlace;
}

/** An origin that was read; `done` where there is nothing to judge. `state`: whether it tells all that it yields. */
export type ReadOrigin<Of = Origin> =
  | { readonly kind: "done"; readonly of: Of; readonly state: RenderState; readonly judged: JudgedSource }
  | { readonly kind: "read"; readonly of: Of; readonly state: RenderState; readonly reading: Reading };

/** An origin with manifests to judge. */
export type ReadManifests<Of = Origin> = ReadOrigin<Of> & { readonly kind: "read" };

/** Whether an origin is a unit and not a file. */
export function isUnit(origin: Origin): origin is Unit {
  return "source" in origin;
}

/** Where files land. */
export interface Landing {
  readonly environmentsOf: (path: string) => readonly string[];
  readonly isClusterScoped: (group: string, kind: string) => boolean | undefined;
  /** Equal where `isClusterScoped` answers alike. */
  readonly scopes: string;
}

/** Where the manifests of a file land: each target once. */
export function targetsOf(
  { entry, targets, linkedAt = [] }: ScopedFile,
  { environmentsOf }: Landing,
): readonly Target[] {
  if (targets !== undefined) return targets;
  const environments = [...new Set([entry.path, ...linkedAt].flatMap(environmentsOf))];
  return environments.length === 0 ? nowhere : environments.map((environment) => ({ environment }));
}

const nowhere: readonly Target[] = [{}];

/** Whether targets add nothing to a manifest. */
function isNowhere(targets: readonly Target[]): boolean {
  return targets === nowhere || (targets.length === 1 && Object.keys(targets[0] ?? {}).length === 0);
}

/** The manifest as it lands in a target. */
function landed(
  manifest: Manifest,
  { namespace, ...target }: Target,
  { isClusterScoped }: Pick<Landing, "isClusterScoped">,
): Manifest {
  const { identity, value } = manifest;
  const lacksOne = identity.namespace === undefined && isClusterScoped(identity.group, identity.kind) !== true;
  if (namespace === undefined || !lacksOne) return { ...manifest, ...target };
  const metadata = isObject(value["metadata"]) ? value["metadata"] : {};
  return {
    ...manifest,
    ...target,
    identity: { ...identity, namespace },
    value: { ...value, metadata: { ...metadata, namespace } },
  };
}

/** The reading of a file, in each target that it lands in. */
export function fileReading(
  file: FileReading,
  targets: readonly Target[],
  landing: Pick<Landing, "isClusterScoped">,
): Reading {
  const skipped = file.notManifests.map(({ line, reason }) => ({ line, reason: `not a Kubernetes object: ${reason}` }));
  const encrypted = file.encrypted === undefined ? [] : [{ line: 1, reason: file.encrypted.reason }];
  const [first] = file.manifests;
  const gaps =
    first === undefined ? [] : encryptedGaps(first.position.path, file.manifests, file.encrypted !== undefined);
  return {
    ...(gaps.length > 0 ? { gaps } : {}),
    manifests: isNowhere(targets)
      ? file.manifests
      : file.manifests.flatMap((manifest) => targets.map((target) => landed(manifest, target, landing))),
    problems: file.problems,
    skipped: [...encrypted, ...skipped],
    place: ({ position }, pointer) => ({ path: position.path, place: file.place(position, pointer) }),
  };
}

/** The reading of a rendered unit, in the environments of its source. */
export function unitReading({ source }: Unit, rendered: UnitReading): Reading {
  /** Places belong to the very objects that were rendered. */
  const originals = new Map<Manifest, Manifest>();
  const environments = source.environments.length === 0 ? [undefined] : source.environments;
  const version = source.kubernetes === undefined ? {} : { kubernetes: source.kubernetes };
  for (const original of rendered.manifests) {
    for (const environment of environments) {
      originals.set(
        // A document stands for its own file, as what a plain file holds does.
        {
          ...original,
          ...version,
          ...(original.document === undefined ? { source: source.id } : {}),
          ...(environment === undefined ? {} : { environment }),
        },
        original,
      );
    }
  }
  const notApplied = (rendered.notApplied ?? []).flatMap(({ manifest, reason }) =>
    environments.map((environment): NotApplied => {
      const { identity, apiVersion, position } = manifest;
      const lands = environment === undefined ? {} : { environment };
      return { identity, apiVersion, position, source: source.id, ...lands, reason };
    }),
  );
  const byOriginal = new Map<Manifest, Violation[]>();
  for (const { manifest, violation } of rendered.violations ?? []) {
    byOriginal.set(manifest, [...(byOriginal.get(manifest) ?? []), violation]);
  }
  const originalOf = (manifest: Manifest): Manifest => originals.get(manifest) ?? manifest;
  return {
    manifests: [...originals.keys()],
    problems: rendered.problems,
    skipped: [],
    ...(notApplied.length === 0 ? {} : { notApplied }),
    gaps: [...rendered.gaps, ...encryptedGaps(source.id, rendered.manifests)],
    violationsOf: (manifest) => byOriginal.get(originalOf(manifest)) ?? [],
    prepare: () => rendered.prepare(),
    place: (manifest, pointer) => rendered.place(originalOf(manifest), pointer),
  };
}
