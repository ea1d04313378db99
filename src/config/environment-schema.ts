import { levelsSchema } from "./level-schema.ts";

const texts = { type: "array", items: { type: "string", minLength: 1 }, uniqueItems: true, default: [] } as const;

/** A Kubernetes version in a configuration: `1.34` or `1.34.2`. */
export const kubernetesVersion = { type: "string", pattern: "^1\\.\\d{1,2}(\\.\\d+)?$" } as const;

/** JSON Schema of `environments:` in portcullis.yaml. */
export const environmentsSchema = {
  description:
    "Clusters and stages by name: what feeds each, and which settings differ there. Argo CD destinations and Flux cluster folders are environments without an entry here.",
  type: "object",
  propertyNames: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", maxLength: 63 },
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    properties: {
      paths: {
        ...texts,
        description:
          "Glob patterns and directories of plain files, Kustomize roots, charts, and files with GitOps objects.",
      },
      clusters: {
        ...texts,
        description: "Names or servers of Argo CD destinations, and names of Flux cluster folders.",
      },
      kubernetes: {
        ...kubernetesVersion,
        description: 'Kubernetes version, such as "1.34". Default: the one under schemas. Charts are rendered for it.',
      },
      apiVersions: {
        description:
          "API versions that its clusters serve besides Kubernetes' own and those of CRDs in this repository, such as monitoring.coreos.com/v1. Charts see them.",
        type: "array",
        items: { type: "string", minLength: 1 },
        uniqueItems: true,
      },
      substitutions: {
        description:
          "Variables of Flux's postBuild that only its clusters have, for those that nothing in this repository sets.",
        type: "object",
        propertyNames: { pattern: "^[_a-zA-Z][_a-zA-Z0-9]*$" },
        additionalProperties: { type: "string" },
      },
      levels: {
        ...levelsSchema,
        description: "The levels of individual policies in this environment; these override the top-level ones.",
      },
      parameters: {
        description:
          "What policies see in this environment as data.parameters, by policy id; these override the parameters in the data.",
        type: "object",
        default: {},
      },
    },
  },
  default: {},
} as const;

const named = { type: "object", additionalProperties: { type: "string" }, default: {} } as const;

/** JSON Schema of `clusters:` in portcullis.yaml. */
export const clustersSchema = {
  description:
    "Clusters that Argo CD knows. They give names to the servers of destinations, and the ApplicationSet cluster generator uses them.",
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["name", "server"],
    properties: {
      name: { type: "string", minLength: 1, description: "Name of the cluster in Argo CD." },
      server: { type: "string", minLength: 1, description: "URL of its API server, as destinations write it." },
      labels: { ...named, description: "Labels of its cluster Secret." },
      annotations: { ...named, description: "Annotations of its cluster Secret." },
      applicationSets: {
        type: "array",
        items: texts.items,
        uniqueItems: true,
        minItems: 1,
        description:
          "Glob patterns of the files, Kustomize roots and charts with ApplicationSets of the Argo CD that knows the cluster. Default: every Argo CD knows it.",
      },
    },
  },
  default: [],
} as const;
