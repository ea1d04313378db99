import type {
  ClusterConfig,
  Config,
  DocumentsEntry,
  EnvironmentConfig,
  GatedBranches,
  SchemaConfig,
  WaiversConfig,
} from "../model/config.ts";

type Groups =
  | "extends"
  | "branches"
  | "manifests"
  | "environments"
  | "clusters"
  | "schemas"
  | "kustomize"
  | "remotes"
  | "documents"
  | "rollback"
  | "compliance"
  | "waivers";

/** The content of portcullis.yaml; every key is optional. */
export type WrittenConfig = Partial<Omit<Config, Groups>> & {
  readonly extends?: string;
  readonly branches?: readonly (string | Required<GatedBranches>)[];
  readonly manifests?: Partial<Config["manifests"]>;
  readonly environments?: { readonly [name: string]: Partial<EnvironmentConfig> };
  readonly clusters?: readonly (Pick<ClusterConfig, "name" | "server"> & Partial<ClusterConfig>)[];
  readonly schemas?: "on" | "off" | Partial<SchemaConfig>;
  readonly kustomize?: Partial<Config["kustomize"]>;
  readonly remotes?: Partial<Config["remotes"]>;
  readonly rollback?: Partial<Config["rollback"]>;
  readonly compliance?: Partial<Config["compliance"]>;
  readonly waivers?: readonly string[] | Partial<WaiversConfig>;
  readonly documents?: readonly (Pick<DocumentsEntry, "files" | "policies"> & Partial<DocumentsEntry>)[];
};

/** Fills every default into a configuration as written. */
export function fillConfig(written: WrittenConfig, defaults: Config): Config {
  return {
    ...defaults,
    ...written,
    extends: written.extends === undefined ? [] : [written.extends],
    branches: (written.branches ?? []).map((entry) => (typeof entry === "string" ? { branch: entry } : entry)),
    manifests: { ...defaults.manifests, ...written.manifests },
    environments: Object.fromEntries(
      Object.entries(written.environments ?? {}).map(([name, one]) => [name, { ...noEnvironment, ...one }]),
    ),
    clusters: (written.clusters ?? []).map((one) => ({ labels: {}, annotations: {}, ...one })),
    kustomize: { ...defaults.kustomize, ...written.kustomize },
    remotes: { ...defaults.remotes, ...written.remotes },
    rollback: { ...defaults.rollback, ...written.rollback },
    compliance: { ...defaults.compliance, ...written.compliance },
    documents: (written.documents ?? []).map((entry) => ({ data: [], ...entry })),
    waivers: waiversOf(written.waivers, defaults.waivers),
    schemas: schemasOf(written.schemas, defaults.schemas),
    approvals: written.approvals ?? (Object.keys(written.owners ?? {}).length > 0 ? "on" : defaults.approvals),
  };
}

const noEnvironment: EnvironmentConfig = { paths: [], clusters: [], levels: {}, parameters: {} };

function schemasOf(written: WrittenConfig["schemas"], defaults: SchemaConfig): SchemaConfig {
  if (written === "on" || written === "off") return { ...defaults, enabled: written === "on" };
  return { ...defaults, ...written };
}

function waiversOf(written: WrittenConfig["waivers"], defaults: WaiversConfig): WaiversConfig {
  return { ...defaults, ...(isList(written) ? { files: written } : written) };
}

function isList(written: WrittenConfig["waivers"]): written is readonly string[] {
  return Array.isArray(written);
}
