import type {
  BuiltinCheck,
  BuiltinFinding,
  DeclaredSource,
  ManifestHandle,
  StateChange,
  StateOverview,
} from "../../model/builtin-check.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { SourceKind } from "../../model/source.ts";
import type { JudgedManifest, LocatedViolation } from "../judged-source.ts";
import type { Comparison } from "./classify.ts";
import type { Draft, Drafter } from "./drafts.ts";
import { fingerprintOf, lastingKey } from "../fingerprint.ts";
import type { JudgedStates } from "../judging/judge-states.ts";
import type { Reading } from "../reading.ts";

/** Runs the builtin checks of a change. All their findings are introduced. */
export async function findingsOfChange(
  builtins: readonly BuiltinCheck[],
  change: StateChange,
  { before, after }: JudgedStates,
  draft: Drafter,
): Promise<Comparison> {
  const readingOf = (manifest: Manifest): Reading | undefined =>
    (after.readings.get(manifest) ?? before.readings.get(manifest))?.reading;
  const findings = builtins.flatMap((builtin) => builtin.ofChange?.(change) ?? []);
  for (const finding of findings)
    if (finding.about === "manifest") await readingOf(finding.manifest as Manifest)?.prepare?.();
  return {
    before: [],
    after: findings
      .flatMap((finding) => aboutOf(finding, readingOf))
      .flatMap(draft)
      .map((one) => ({ ...one, readsChange: true })),
  };
}

/** Runs the builtin checks of whole trees, and pairs the findings before and after by object. */
export function findingsOfStates(
  builtins: readonly BuiltinCheck[],
  { before, after }: { readonly before: StateOverview; readonly after: StateOverview },
  draft: Drafter,
): readonly Comparison[] {
  const groups = new Map<string, { before: Draft[]; after: Draft[] }>();
  const gather = (side: "before" | "after", state: StateOverview, earlier?: StateOverview): void => {
    for (const finding of builtins.flatMap((builtin) => builtin.ofState?.(state, earlier) ?? [])) {
      for (const about of aboutOf(finding, () => undefined)) {
        const key = lastingKey(about);
        const group = groups.get(key) ?? { before: [], after: [] };
        groups.set(key, group);
        group[side].push(...draft(about));
      }
    }
  };
  gather("before", before);
  gather("after", after, before);
  return [...groups.values()];
}

/** The judged manifests that a finding stands for: one for each environment. */
function aboutOf(
  finding: BuiltinFinding,
  readingOf: (manifest: Manifest) => Reading | undefined,
): readonly JudgedManifest[] {
  const { violation } = finding;
  switch (finding.about) {
    case "manifest": {
      const { identity, apiVersion, position, environment, source } = finding.manifest;
      const located = placeOf(finding.manifest, readingOf(finding.manifest as Manifest), violation);
      return [
        {
          identity,
          apiVersion,
          position,
          ...(environment === undefined ? {} : { environment }),
          ...(source === undefined ? {} : { source }),
          violations: [located],
          excepted: 0,
        },
      ];
    }
    case "source": {
      const { source, at } = finding;
      const manifest = declarationOf(source, at);
      const { path, line } = manifest.position;
      const fingerprint = fingerprintOf(violation, manifest);
      const place = { line, column: 1, endLine: line };
      const precision = at === undefined ? ("source" as const) : violation.cause.precision;
      const located = { violation, place, precision, path, fingerprint };
      const environments = source.environments.length === 0 ? [undefined] : source.environments;
      return environments.map((environment) => ({
        ...manifest,
        ...(environment === undefined ? {} : { environment }),
        violations: [located],
        excepted: 0,
      }));
    }
    default:
      return finding satisfies never;
  }
}

function placeOf(
  manifest: ManifestHandle,
  reading: Reading | undefined,
  violation: BuiltinFinding["violation"],
): LocatedViolation {
  const fingerprint = fingerprintOf(violation, manifest);
  const { line, path: own } = manifest.position;
  if (reading === undefined) {
    return { violation, place: { line, column: 1, endLine: line }, precision: "manifest", fingerprint };
  }
  const { path, place, precision, fetched } = reading.place(manifest as Manifest, violation.cause.pointer);
  return {
    violation,
    place,
    ...(path === own ? {} : { path }),
    ...(precision === undefined ? {} : { precision }),
    ...(fetched === undefined ? {} : { fetched }),
    fingerprint,
  };
}

const kinds: { readonly [kind in SourceKind]: readonly [group: string, apiVersion: string, kind: string] } = {
  file: ["", "v1", "File"],
  document: ["", "v1", "Document"],
  directory: ["", "v1", "Directory"],
  kustomize: ["kustomize.config.k8s.io", "kustomize.config.k8s.io/v1beta1", "Kustomization"],
  helm: ["", "v2", "Chart"],
  "argocd-application": ["argoproj.io", "argoproj.io/v1alpha1", "Application"],
  "flux-kustomization": ["kustomize.toolkit.fluxcd.io", "kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
  "flux-helmrelease": ["helm.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io/v2", "HelmRelease"],
  "flux-resourceset": ["fluxcd.controlplane.io", "fluxcd.controlplane.io/v1", "ResourceSet"],
};

/**
 * The object that declares a source: `Application argocd/guestbook` is the Application guestbook in namespace argocd. Of
 * objects that yield sources only ApplicationSets are told of without one.
 */
function declarationOf(source: DeclaredSource, at?: { readonly path: string; readonly line: number }): ManifestHandle {
  const [group, apiVersion, kind] =
    "kind" in source ? kinds[source.kind] : ["argoproj.io", "argoproj.io/v1alpha1", "ApplicationSet"];
  const [, namespace, name] = /^[A-Za-z]+ ([^/\s]+)\/(\S+)/.exec(source.id) ?? [];
  const { path, line } = at ?? ("kind" in source ? source : { path: "", line: 1 });
  return {
    identity: { group, kind, ...(namespace === undefined ? {} : { namespace }), name: name ?? source.id },
    apiVersion,
    position: { path, document: 0, line, pointer: "" },
    source: source.id,
  };
}
