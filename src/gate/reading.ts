import type { Pointer } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import type { Gap } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { FileReading } from "../render/files/read-file.ts";
import type { ScopedFile } from "../render/files/role.ts";
import type { SourcePlace, Unit, UnitReading } from "../render/unit.ts";
import type { JudgedSource } from "./judged-source.ts";

/** What yields manifests: a plain file, or a unit. */
export type Origin = ScopedFile | Unit;

/** What one origin yields, each manifest once for every environment it lands in. */
export interface Reading {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
  readonly skipped: JudgedSource["skipped"];
  /** Of a unit. */
  readonly gaps?: readonly Gap[];
  /** What the source's own tool says of one of `manifests`. */
  readonly violationsOf?: (manifest: Manifest) => readonly Violation[];
  /** To be awaited before `place` is asked. */
  readonly prepare?: () => Promise<void>;
  readonly place: (manifest: Manifest, pointer: Pointer) => SourcePlace;
}

/** An origin that was read; `done` where there is nothing to ask a judge. */
export type ReadOrigin<Of extends Origin = Origin> =
  | { readonly kind: "done"; readonly of: Of; readonly judged: JudgedSource }
  | { readonly kind: "read"; readonly of: Of; readonly reading: Reading };

/** Tells units from files. */
export function isUnit(origin: Origin): origin is Unit {
  return "source" in origin;
}

/** A file as it stands, in the environments its path belongs to. */
export function fileReading(file: FileReading, environments: readonly string[]): Reading {
  const skipped = file.notManifests.map(({ line, reason }) => ({ line, reason: `no Kubernetes object: ${reason}` }));
  const sealed = file.encrypted === undefined ? [] : [{ line: 1, reason: file.encrypted.reason }];
  return {
    manifests:
      environments.length === 0
        ? file.manifests
        : file.manifests.flatMap((manifest) => environments.map((environment) => ({ ...manifest, environment }))),
    problems: file.problems,
    skipped: [...sealed, ...skipped],
    place: ({ position }, pointer) => ({ path: position.path, place: file.place(position, pointer) }),
  };
}

/** What a unit renders to, in the environments of its source. */
export function unitReading({ source }: Unit, rendered: UnitReading): Reading {
  /** Places belong to the very objects that were rendered. */
  const originals = new Map<Manifest, Manifest>();
  const environments = source.environments.length === 0 ? [undefined] : source.environments;
  for (const original of rendered.manifests) {
    for (const environment of environments) {
      originals.set(
        { ...original, source: source.id, ...(environment === undefined ? {} : { environment }) },
        original,
      );
    }
  }
  const said = new Map<Manifest, Violation[]>();
  for (const { manifest, violation } of rendered.violations ?? []) {
    said.set(manifest, [...(said.get(manifest) ?? []), violation]);
  }
  const originalOf = (manifest: Manifest): Manifest => originals.get(manifest) ?? manifest;
  return {
    manifests: [...originals.keys()],
    problems: rendered.problems,
    skipped: [],
    gaps: rendered.gaps,
    violationsOf: (manifest) => said.get(originalOf(manifest)) ?? [],
    prepare: () => rendered.prepare?.() ?? Promise.resolve(),
    place: (manifest, pointer) => rendered.place(originalOf(manifest), pointer),
  };
}
