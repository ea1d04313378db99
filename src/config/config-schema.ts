import { blockingLintRules, lintRules } from "../model/lint.ts";
import { applySchema } from "./apply-schema.ts";
import { branchesSchema } from "./branches-schema.ts";
import { complianceSchema } from "./compliance-schema.ts";
import { documentsSchema } from "./documents-schema.ts";
import { clustersSchema, environmentsSchema, kubernetesVersion } from "./environment-schema.ts";
import { levelsSchema } from "./level-schema.ts";
import { approvalsSchema, overrideSchema, ownersSchema, rollbackSchema } from "./owners-schema.ts";
import { remotesSchema } from "./remotes-schema.ts";
import { signaturesSchema } from "./signatures-schema.ts";
import { waiversConfigSchema } from "./waivers-config-schema.ts";

/** JSON Schema (draft 7) of portcullis.yaml; published as schema/config.schema.json, which a test keeps equal. */
export const configSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "portcullis.yaml",
  description: "What Portcullis judges in this repository, with which policies, and what it blocks.",
  type: "object",
  additionalProperties: false,
  properties: {
    version: { const: 1, description: "Version of this file's format." },
    extends: {
      description:
        "A configuration that this one adds to: a file of this repository, or one from elsewhere by commit or digest (git+https://HOST/REPOSITORY//FILE?ref=COMMIT, oci://REGISTRY/REPOSITORY@sha256:…, https://HOST/ARCHIVE.tar.gz@sha256:…). Lists are joined, mappings are merged by key, and else this file's own value counts.",
      type: "string",
      minLength: 1,
    },
    locked: {
      description:
        "Keys that no configuration that extends this one may have, such as mode, levels, levels.images/registry or manifests.exclude. levels includes those of environments, and data their parameters.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
    },
    policies: {
      description:
        "Files and directories of this repository with Rego, Gatekeeper templates and constraints, or ValidatingAdmissionPolicies with their bindings; OPA bundles (.tar.gz); policies from elsewhere by commit or digest (git+https://HOST/REPOSITORY//DIRECTORY?ref=COMMIT, oci://REGISTRY/REPOSITORY@sha256:…, https://HOST/BUNDLE.tar.gz@sha256:…); profiles of the shipped library, such as @portcullis/library or @portcullis/pss-baseline; and cluster, the policies that an environment's own desired state contains. Directories are read recursively; *_test.rego are tests. Default: policies or policy if it contains policies, else the shipped library.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      minItems: 1,
    },
    combine: {
      description:
        "Which of the files and directories under policies hold policies that get all manifests of an environment at once, as conftest --combine gives them: input is a list of {path, contents}.",
      type: "array",
      items: { type: "string", minLength: 1 },
      uniqueItems: true,
      default: [],
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
    branches: branchesSchema,
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
      description:
        "Whether findings are also review comments on the changed lines: those that block (on), those that warn too (all), or none (off).",
      enum: ["on", "all", "off"],
      default: "on",
    },
    owners: ownersSchema,
    approvals: approvalsSchema,
    override: overrideSchema,
    rollback: rollbackSchema,
    compliance: complianceSchema,
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
    documents: documentsSchema,
    waivers: waiversConfigSchema,
    signatures: signaturesSchema,
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
    lint: {
      description:
        "What portcullis lint leaves out, and what blocks a change of policies. It decides nothing about manifests.",
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: {
        off: {
          description: "Rules that are off; docs/lint.md lists all.",
          type: "array",
          items: { enum: Object.keys(lintRules) },
          uniqueItems: true,
        },
        block: {
          description: `Rules whose issues block a pull request that brings them. Default: ${blockingLintRules.join(", ")}.`,
          type: "array",
          items: { enum: Object.keys(lintRules) },
          uniqueItems: true,
        },
      },
    },
    tests: {
      description: "What the tests of policies must reach for a pull request that changes policies, in percent.",
      type: "object",
      additionalProperties: false,
      minProperties: 1,
      properties: {
        coverage: { description: "Of the lines of all policies.", type: "number", minimum: 0, maximum: 100 },
        coveragePerPolicy: { description: "Of the lines of each file.", type: "number", minimum: 0, maximum: 100 },
      },
    },
    gaps: {
      description: "Whether what could not be judged blocks if the change brings or alters it.",
      enum: ["allow", "block"],
      default: "block",
    },
  },
} as const;
