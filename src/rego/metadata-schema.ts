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
        waivable: { type: "boolean" },
        parameters: { type: "object", additionalProperties: { type: "object" } },
        controls: { type: "array", items: { type: "string", minLength: 1 } },
        fix: {
          type: "object",
          required: ["in"],
          minProperties: 2,
          additionalProperties: false,
          properties: {
            in: { enum: ["object", "pod", "container", "value"] },
            set: { type: "object", propertyNames: { pattern: "^(?:/.*)?$" } },
            add: {
              type: "object",
              propertyNames: { pattern: "^(?:/.*)?$" },
              additionalProperties: { type: "array", minItems: 1 },
            },
            remove: { type: "array", minItems: 1, items: { type: "string", pattern: "^(?:/.*)?$" } },
          },
        },
      },
    },
  },
} as const;
