const files = {
  description:
    "Files and directories of this repository with waivers; directories are read recursively for YAML and JSON. One that is not there holds none.",
  type: "array",
  items: { type: "string", minLength: 1 },
  uniqueItems: true,
  default: ["waivers"],
} as const;

/** JSON Schema of `waivers:` in portcullis.yaml. The files that it names have a schema of their own. */
export const waiversConfigSchema = {
  description: "Reviewed exceptions that expire: the files that hold them, or a mapping with what they may be.",
  if: { type: "object" },
  then: {
    type: "object",
    additionalProperties: false,
    properties: {
      files,
      maxDays: {
        description: "The most days, counted from the day of the judgement, after which a waiver expires.",
        type: "integer",
        minimum: 1,
        maximum: 3650,
        default: 90,
      },
      warnDays: {
        description: "So many days before a waiver expires, checks that touch what it covers warn.",
        type: "integer",
        minimum: 0,
        maximum: 3650,
        default: 14,
      },
      annotations: {
        description:
          "Policies, by id or glob, that the annotation portcullis.dev/waive of a manifest may waive. Whoever writes the manifest decides, without a review by others.",
        type: "array",
        items: { type: "string", minLength: 1 },
        uniqueItems: true,
        default: [],
      },
    },
  },
  else: files,
} as const;
