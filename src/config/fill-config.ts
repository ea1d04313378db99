import type { ClusterConfig, Config, EnvironmentConfig, SchemaConfig } from "../model/config.ts";
import { defaultConfig } from "./default-config.ts";

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
export function fillConfig(written: WrittenConfig): Config {
  return {
    ...defaultConfig,
    ...written,
    manifests: { ...defaultConfig.manifests, ...written.manifests },
    environments: Object.fromEntries(
      Object.entries(written.environments ?? {}).map(([name, one]) => [name, { ...noEnvironment, ...one }]),
    ),
    clusters: (written.clusters ?? []).map((one) => ({ labels: {}, annotations: {}, ...one })),
    kustomize: { ...defaultConfig.kustomize, ...written.kustomize },
    remotes: remotesOf(written.remotes),
    schemas: schemasOf(written.schemas),
  };
}

const noEnvironment: EnvironmentConfig = { paths: [], clusters: [], levels: {}, parameters: {} };

/** Without a word about servers nothing is fetched. */
function remotesOf(written: WrittenConfig["remotes"]): Config["remotes"] {
  return written === undefined ? defaultConfig.remotes : { ...defaultConfig.remotes, fetch: "known", ...written };
}

function schemasOf(written: WrittenConfig["schemas"]): SchemaConfig {
  if (written === "on" || written === "off") return { ...defaultConfig.schemas, enabled: written === "on" };
  return { ...defaultConfig.schemas, ...written };
}
