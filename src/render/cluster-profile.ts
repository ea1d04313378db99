import type { Config } from "../model/config.ts";
import type { Scopes } from "./crd-scopes.ts";
import { environmentsOf } from "./environments.ts";
import type { HelmStep } from "./plan.ts";

/** What a chart is told of the cluster that it is rendered for. */
export type ClusterProfile = Required<Pick<HelmStep, "apiVersions">> & Pick<HelmStep, "kubeVersion" | "servesNoOther">;

/** API versions that a source's CRDs make clusters serve; without environments those of all. */
export interface ServedVersions {
  /** The id of the source. */
  readonly source: string;
  readonly environments: readonly string[];
  readonly versions: readonly string[];
}

/** The profiles of the clusters of one tree. */
export interface ClusterProfiles {
  /**
   * The profile of the clusters that a source lands in: the oldest of their Kubernetes versions, the API versions that the
   * configuration names, and those of CRDs that land there too, in files of the tree and in what sources yield
   * (`rendered`). Where the configuration names API versions for each cluster, they are all that it serves.
   */
  of(environments: readonly string[], rendered?: readonly Landed[]): ClusterProfile;
}

const nothing: readonly Landed[] = [];

type Landed = Omit<ServedVersions, "source">;

/** Makes the profiles for the CRDs in the files of a tree. */
export function clusterProfiles(config: Config, { served }: Pick<Scopes, "served">): ClusterProfiles {
  const written = served.map(({ path, versions }): Landed => ({
    environments: environmentsOf({ path }, config),
    versions,
  }));
  const known = new WeakMap<readonly Landed[], Map<string, ClusterProfile>>();
  return {
    of(environments, rendered = nothing) {
      const profiles = known.get(rendered) ?? new Map<string, ClusterProfile>();
      known.set(rendered, profiles);
      const key = environments.join("\0");
      const profile = profiles.get(key) ?? clusterProfile(environments, config, [...written, ...rendered]);
      profiles.set(key, profile);
      return profile;
    },
  };
}

function clusterProfile(environments: readonly string[], config: Config, served: readonly Landed[]): ClusterProfile {
  const named = environments.map((name) => config.environments[name]);
  const asked =
    named.length === 0 ? [config.schemas.kubernetes] : named.map((one) => one?.kubernetes ?? config.schemas.kubernetes);
  const [kubeVersion] = asked
    .filter((version) => version !== undefined)
    .toSorted((one, other) => minor(one) - minor(other));
  const apiVersions = new Set(named.flatMap((one) => one?.apiVersions ?? []));
  for (const { environments: landing, versions } of served) {
    if (landing.length === 0 || landing.some((one) => environments.includes(one)))
      for (const version of versions) apiVersions.add(version);
  }
  const isWhole = named.length > 0 && named.every((one) => one?.apiVersions !== undefined);
  return {
    apiVersions: [...apiVersions].toSorted(),
    ...(isWhole ? { servesNoOther: true } : {}),
    ...(kubeVersion === undefined ? {} : { kubeVersion: patchVersion(kubeVersion) }),
  };
}

/** The version with a patch number, as Helm needs it. */
export function patchVersion(version: string): string {
  return /^1\.\d+$/.test(version) ? `${version}.0` : version;
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}
