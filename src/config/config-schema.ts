import { clustersSchema, environmentsSchema, kubernetesVersion } from "./environment-schema.ts";
import { levelsSchema } from "./level-schema.ts";

/** JSON Schema (draft 7) of portcullis.yaml; published as schema/config.schema.json, which a test keeps equal. */
export const configSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "portcullis.yaml",
  description: "What Portcullis judges in this repository, by which policies, and what it blocks.",
  type: "object",
  additionalProperties: false,
  properties: {
    version: { const: 1, description: "Version of this file's format." },
    policies: {
      description:
        "Rego files and directories of this repository, and @portcullis/library for the library that ships. Directories are read recursively; *_test.rego are tests. Default: policies or policy where it holds Rego, else the library.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      minItems: 1,
    },
    data: {
      description:
        "JSON and YAML files and directories that policies see as data. Names of nested directories become the path, file names do not.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
    },
    manifests: {
      description: "Which files are judged.",
      type: "object",
      additionalProperties: false,
      properties: {
        include: {
          description: "Glob patterns of the files to judge.",
          type: "array",
          items: { type: "string", minLength: 1 },
          uniqueItems: true,
          minItems: 1,
          default: ["**"],
        },
        exclude: {
          description: "Glob patterns of files that are not judged although they are included.",
          type: "array",
          items: { type: "string", minLength: 1 },
          uniqueItems: true,
          default: [],
        },
      },
    },
    branches: {
      description: "Gated branches, whose content counts as accepted. Default: the default branch.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
    },
    mode: {
      description: "enforce blocks; report shows what would be blocked and lets it through.",
      enum: ["enforce", "report"],
      default: "enforce",
    },
    block: {
      description: "introduced: only what a change brings blocks; all: what was there before blocks too.",
      enum: ["introduced", "all"],
      default: "introduced",
    },
    levels: { ...levelsSchema, description: "The level of single policies, by id." },
    comments: {
      description: "Whether introduced findings are also said as review comments on the changed lines.",
      enum: ["on", "off"],
      default: "on",
    },
    environments: environmentsSchema,
    clusters: clustersSchema,
    repositories: {
      description:
        "URLs under which GitOps objects name this repository, besides its own; compared without protocol, user and .git.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
    },
    helm: {
      description: "How charts are rendered.",
      type: "object",
      additionalProperties: false,
      properties: {
        vendor: {
          description: "Directory with copies of charts that only a registry has: NAME/ or NAME-VERSION.tgz.",
          type: "string",
          minLength: 1,
        },
      },
    },
    kustomize: {
      description: "How kustomizations are rendered.",
      type: "object",
      additionalProperties: false,
      properties: {
        vendored: {
          description:
            "Remote resources, by URL as kustomizations write it, and the file or directory of this repository that stands in for each.",
          type: "object",
          additionalProperties: { type: "string", minLength: 1 },
          default: {},
        },
      },
    },
    schemas: {
      description: "Validation against the schemas of Kubernetes and of CustomResourceDefinitions: on, off, or keys.",
      if: { type: "object" },
      then: {
        type: "object",
        additionalProperties: false,
        properties: {
          enabled: { description: "Whether it is done.", type: "boolean", default: true },
          kubernetes: {
            ...kubernetesVersion,
            description: 'Kubernetes version, such as "1.34". Default: the newest that ships.',
          },
        },
      },
      else: { enum: ["on", "off"] },
      default: "on",
    },
    gaps: {
      description: "Whether what could not be rendered blocks where a change touches it.",
      enum: ["allow", "block"],
      default: "allow",
    },
  },
} as const;
