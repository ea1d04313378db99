import { kubernetesVersion } from "./environment-schema.ts";

const text = { type: "string", minLength: 1 } as const;

/** JSON Schema of `apply:` in portcullis.yaml. */
export const applySchema = {
  description:
    "What clusters apply, where no GitOps object of this repository tells: what a pipeline applies, and what objects apply that only a cluster has. With it, nothing else is judged but these and what GitOps objects among them lead to. Default: everything that may be applied is judged.",
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    additionalProperties: false,
    required: ["path", "as"],
    properties: {
      path: {
        ...text,
        description:
          "Glob pattern: with `as: raw` of files and directories, with `as: kustomize` of directories with a kustomization, with `as: helm` of directories with a Chart.yaml.",
      },
      as: {
        description: "How it is applied: files as they are, a Kustomize root, or a chart.",
        enum: ["raw", "kustomize", "helm"],
      },
      values: {
        description: "Values files of the chart, as paths from the root of the repository, merged in order.",
        type: "array",
        items: text,
        uniqueItems: true,
      },
      namespace: {
        description: "Namespace of objects that have none, and of the chart's release.",
        ...text,
      },
      environment: {
        description: "The name under `environments` that it lands in. Default: as decided for any other source.",
        ...text,
      },
      kubernetes: {
        ...kubernetesVersion,
        description: 'Kubernetes version, such as "1.34". Default: that of the environment.',
      },
    },
    if: { properties: { as: { enum: ["raw", "kustomize"] } } },
    then: { properties: { values: false } },
  },
} as const;
