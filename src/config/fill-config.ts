import type { ClusterConfig, Config, EnvironmentConfig, SchemaConfig } from "../model/config.ts";

type Groups = "manifests" | "environments" | "clusters" | "schemas" | "kustomize" | "remotes";

/** The content of portcullis.yaml; every key is optional. */
export type WrittenConfig = Partial<Omit<Config, Groups>> & {
  readonly manifests?: Partial<Config["manifests"]>;
  readonly environments?: { readonly [name: string]: Partial<EnvironmentConfig> };
  readonly clusters?: readonly (Pick<ClusterConfig, "name" | "server"> & Partial<ClusterConfig>)[];
  readonly schemas?: "on" | "off" | Partial<SchemaConfig>;
  readonly kustomize?: Partial<Config["kustomize"]>;
  readonly remotes?: Partial<Config["remotes"]>;
};

/** Fills every default into a configuration as written. */
export function fillConfig(written: WrittenConfig, defaults: Config): Config {
  return {
    ...defaults,
    ...written,
    manifests: { ...defaults.manifests, ...written.manifests },
    environments: Object.fromEntries(
      Object.entries(written.environments ?? {}).map(([name, one]) => [name, { ...noEnvironment, ...one }]),
    ),
    clusters: (written.clusters ?? []).map((one) => ({ labels: {}, annotations: {}, ...one })),
    kustomize: { ...defaults.kustomize, ...written.kustomize },
    remotes: { ...defaults.remotes, ...written.remotes },
    schemas: schemasOf(written.schemas, defaults.schemas),
  };
}

const noEnvironment: EnvironmentConfig = { paths: [], clusters: [], levels: {}, parameters: {} };

function schemasOf(written: WrittenConfig["schemas"], defaults: SchemaConfig): SchemaConfig {
  if (written === "on" || written === "off") return { ...defaults, enabled: written === "on" };
  return { ...defaults, ...written };
}
