import { applySchema } from "./apply-schema.ts";
import { clustersSchema, environmentsSchema, kubernetesVersion } from "./environment-schema.ts";
import { levelsSchema } from "./level-schema.ts";
import { remotesSchema } from "./remotes-schema.ts";

/** JSON Schema (draft 7) of portcullis.yaml; published as schema/config.schema.json, which a test keeps equal. */
export const configSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "portcullis.yaml",
  description: "What Portcullis judges in this repository, with which policies, and what it blocks.",
  type: "object",
  additionalProperties: false,
  properties: {
    version: { const: 1, description: "Version of this file's format." },
    policies: {
      description:
        "Rego files and directories of this repository, and @portcullis/library for the shipped library. Directories are read recursively; *_test.rego are tests. Default: policies or policy if it contains Rego, else the shipped library.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      minItems: 1,
    },
    data: {
      description:
        "JSON and YAML files and directories that policies see as data. Names of nested directories become part of the path, file names do not.",
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
          description: "Glob patterns of files to leave out, even if they are included.",
          type: "array",
          items: { type: "string", minLength: 1 },
          uniqueItems: true,
          default: [],
        },
      },
    },
    branches: {
      description: "Gated branches. Their content counts as accepted. Default: the default branch.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
    },
    mode: {
      description: "enforce blocks; report shows what would be blocked but does not block it.",
      enum: ["enforce", "report"],
      default: "enforce",
    },
    block: {
      description: "introduced: only findings that a change introduces block; all: existing findings block too.",
      enum: ["introduced", "all"],
      default: "introduced",
    },
    levels: { ...levelsSchema, description: "The levels of individual policies, by id." },
    comments: {
      description: "Whether introduced findings are also posted as review comments on the changed lines.",
      enum: ["on", "off"],
      default: "on",
    },
    apply: applySchema,
    environments: environmentsSchema,
    clusters: clustersSchema,
    repositories: {
      description: "Other URLs by which GitOps objects name this repository; compared without protocol, user and .git.",
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
          description: "Directory with copies of charts that are only in a registry: NAME/ or NAME-VERSION.tgz.",
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
            "Remote resources, by the URL that kustomizations use, and the file or directory of this repository that replaces each.",
          type: "object",
          additionalProperties: { type: "string", minLength: 1 },
          default: {},
        },
      },
    },
    remotes: remotesSchema,
    schemas: {
      description:
        "Validation against the schemas of Kubernetes and of CustomResourceDefinitions: on, off, or a mapping.",
      if: { type: "object" },
      then: {
        type: "object",
        additionalProperties: false,
        properties: {
          enabled: { description: "Whether manifests are validated.", type: "boolean", default: true },
          kubernetes: {
            ...kubernetesVersion,
            description: 'Kubernetes version, such as "1.34". Default: the newest supported version.',
          },
        },
      },
      else: { enum: ["on", "off"] },
      default: "on",
    },
    gaps: {
      description: "Whether what could not be judged blocks if the change brings or alters it.",
      enum: ["allow", "block"],
      default: "block",
    },
  },
} as const;
