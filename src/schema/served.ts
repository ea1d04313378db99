import { nearName } from "../manifest/near-name.ts";
import type { Life, Schema, SchemaSource } from "./schema.ts";

/** Whether a version of Kubernetes serves an API version of a kind, and what to use if not. */
export type ServedStatus =
  | { readonly kind: "served"; readonly schema: Schema; readonly deprecated?: string }
  | { readonly kind: "unserved"; readonly rule: "removed" | "not-yet"; readonly message: string }
  /** In a group of Kubernetes' own, which nothing else can add to. */
  | { readonly kind: "unknown"; readonly pointer: "/kind" | "/apiVersion"; readonly message: string }
  /** Of somebody else: a CRD, an aggregated API, or a file for a program that is no cluster. */
  | { readonly kind: "foreign" };

/** Types that are read by programs and never reach a cluster: kubectl's configuration and OpenShift's templates. */
const clientKinds = new Set(["Config", "Template"]);

/** Determines whether a Kubernetes version (`1.34`) serves one of its own kinds under an API version. */
export function servedStatusOf(source: SchemaSource, version: string, apiVersion: string, kind: string): ServedStatus {
  const what = `${apiVersion} ${kind}`;
  const minor = minorOf(version);
  const life = source.lifeOf(apiVersion, kind);
  const schema = source.schemaOf(version, apiVersion, kind);
  if (schema !== undefined) {
    if (life?.deprecated === undefined || life.deprecated > minor) return { kind: "served", schema };
    const until = life.removed === undefined ? "" : ` and removed in 1.${life.removed}`;
    const deprecated = `${what} is deprecated as of Kubernetes 1.${life.deprecated}${until}${insteadOf(source, version, apiVersion, kind)}`;
    return { kind: "served", schema, deprecated };
  }
  if (isForeign(source, apiVersion, kind)) return { kind: "foreign" };
  if (life?.removed !== undefined && life.removed <= minor) {
    const message = `${what} is no longer served as of Kubernetes 1.${life.removed}${insteadOf(source, version, apiVersion, kind)}`;
    return { kind: "unserved", rule: "removed", message };
  }
  if (life?.introduced !== undefined && life.introduced > minor) {
    const message = `${what} is served from Kubernetes 1.${life.introduced} on, not in ${version}${insteadOf(source, version, apiVersion, kind)}`;
    return { kind: "unserved", rule: "not-yet", message };
  }
  return unknown(source, version, apiVersion, kind);
}

function isForeign({ groups }: SchemaSource, apiVersion: string, kind: string): boolean {
  if (apiVersion.includes("/")) return !groups.has(groupOf(apiVersion));
  if (apiVersion === "v1") return clientKinds.has(kind);
  // Programs have types without a group; an API version with a group but no version is meant for a cluster.
  return !/^v\d/.test(apiVersion) && !groups.has(apiVersion);
}

function unknown(source: SchemaSource, version: string, apiVersion: string, kind: string): ServedStatus {
  const all = source.served(version);
  const others = all.filter(([, kinds]) => kinds.includes(kind)).map(([other]) => other);
  const message = `Kubernetes ${version} has no ${kind} in ${apiVersion}`;
  if (others.length > 0) {
    return { kind: "unknown", pointer: "/apiVersion", message: `${message}; it is in ${best(others)}` };
  }
  const here = all.find(([other]) => other === apiVersion)?.[1] ?? [];
  const near =
    nearName(kind, here) ??
    nearName(
      kind,
      all.flatMap(([, kinds]) => kinds),
    );
  return {
    kind: "unknown",
    pointer: "/kind",
    message: near === undefined ? message : `${message}; did you mean ${near}?`,
  };
}

/** The replacement to use: Kubernetes' own, if the version serves it, else the same kind in the best version of its group. */
export function insteadOf(source: SchemaSource, version: string, apiVersion: string, kind: string): string {
  let life: Life | undefined = source.lifeOf(apiVersion, kind);
  for (let steps = 0; life?.replacement !== undefined && steps < 5; steps += 1) {
    const { replacement } = life;
    if (source.schemaOf(version, replacement.apiVersion, replacement.kind) !== undefined) {
      return `; use ${replacement.apiVersion}${replacement.kind === kind ? "" : ` ${replacement.kind}`}`;
    }
    life = source.lifeOf(replacement.apiVersion, replacement.kind);
  }
  const others = source
    .served(version)
    .filter(([other, kinds]) => other !== apiVersion && groupOf(other) === groupOf(apiVersion) && kinds.includes(kind))
    .map(([other]) => other);
  return others.length === 0 ? "" : `; use ${best(others)}`;
}

/** Stable before beta before alpha, then the higher number. */
function best(apiVersions: readonly string[]): string {
  const rank = (apiVersion: string): number => {
    const [, major = "0", stage, step = "0"] = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(apiVersion) ?? [];
    return (stage === undefined ? 2e6 : stage === "beta" ? 1e6 : 0) + Number(major) * 1000 + Number(step);
  };
  return apiVersions.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
