import { load } from "js-yaml";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { createDangers } from "../../../src/gate/dangers/create-dangers.ts";
import { matchManifests } from "../../../src/gate/match-manifests.ts";
import type { BuiltinFinding, StateChange, StateOverview } from "../../../src/model/builtin-check.ts";
import type { Config } from "../../../src/model/config.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Source, SourceKind, SourceTraits } from "../../../src/model/source.ts";

/** A manifest of a YAML text as some source yields it. */
export function manifest(text: string, from: Partial<Manifest> = {}): Manifest {
  const value = load(text) as JsonObject & { readonly apiVersion: string; readonly kind: string };
  const { name, namespace } = value["metadata"] as { readonly name: string; readonly namespace?: string };
  const { apiVersion, kind } = value;
  return {
    identity: {
      group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
    },
    apiVersion,
    value,
    position: { path: "apps/all.yaml", document: 0, line: 1, pointer: "" },
    ...from,
  };
}

export function source(id: string, kind: SourceKind, traits: SourceTraits = {}, more: Partial<Source> = {}): Source {
  return { id, kind, path: "clusters/production/gitops.yaml", line: 3, environments: [], traits, ...more };
}

/** One tree: what it yields, and through which sources. */
export function state(
  manifests: readonly Manifest[],
  sources: readonly Source[] = [],
): StateOverview & {
  readonly manifests: readonly Manifest[];
} {
  return { manifests, sources: new Map(sources.map((one) => [one.id, one])), gaps: [] };
}

type State = ReturnType<typeof state>;

function changeOf(before: State, after: State): StateChange {
  const changes = matchManifests(before.manifests, after.manifests).filter(({ kind }) => kind !== "unchanged");
  return { changes, before, after, unjudged: [] };
}

/** What the dangers say of a change, as `level policy object: message`. */
export function dangersOf(before: State, after: State, config: Config = defaultConfig): readonly string[] {
  const checks = createDangers(config);
  return (checks.ofChange?.(changeOf(before, after)) ?? []).map(sentence);
}

export function findingsOf(before: State, after: State): readonly BuiltinFinding[] {
  return createDangers(defaultConfig).ofChange?.(changeOf(before, after)) ?? [];
}

export function sentence(finding: BuiltinFinding): string {
  const { violation } = finding;
  const about = finding.about === "source" ? finding.source.id : finding.manifest.identity.name;
  return `${violation.level} ${violation.policy} ${about}: ${violation.message}`;
}
