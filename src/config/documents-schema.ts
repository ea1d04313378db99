import { parserNames } from "../model/document-parser.ts";

const paths = { type: "array", items: { type: "string", minLength: 1 }, uniqueItems: true } as const;

/** JSON Schema of `documents:`. */
export const documentsSchema = {
  description:
    "Files that are no Kubernetes manifests (Terraform, Dockerfiles, TOML, pipelines), and the policies that judge them.",
  type: "array",
  default: [],
  items: {
    type: "object",
    additionalProperties: false,
    required: ["files", "policies"],
    properties: {
      files: { ...paths, minItems: 1, description: "Glob patterns of the files to judge." },
      parser: {
        description: "The parser that reads them. Default: by the name of each file, as conftest takes it.",
        enum: parserNames,
      },
      policies: {
        ...paths,
        minItems: 1,
        description: "Rego files and directories of this repository that judge these files, and nothing else.",
      },
      data: { ...paths, description: "JSON and YAML that these policies see as data.", default: [] },
      namespaces: {
        ...paths,
        minItems: 1,
        description: "Rego packages to run, with * for any characters. Default: main and every package with METADATA.",
      },
    },
  },
} as const;
