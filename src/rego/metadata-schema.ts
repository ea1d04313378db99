/** The keys of a METADATA block that Portcullis reads; other keys belong to the author. Draft-07 JSON Schema. */
export const metadataSchema = {
  type: "object",
  properties: {
    title: { type: "string" },
    description: { type: "string" },
    related_resources: {
      type: "array",
      items: { type: "object", required: ["ref"], properties: { ref: { type: "string", minLength: 1 } } },
    },
    custom: {
      type: "object",
      properties: {
        id: { type: "string", pattern: "^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$" },
        level: { enum: ["deny", "warn", "info"] },
        severity: { type: "string", minLength: 1 },
        controls: { type: "array", items: { type: "string", minLength: 1 } },
      },
    },
  },
} as const;
