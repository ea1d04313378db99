/** `remotes` of portcullis.yaml: what may be fetched from servers. */
export const remotesSchema = {
  description:
    "What may be fetched from servers: charts, artifacts, repositories and files that this repository refers to.",
  type: "object",
  additionalProperties: false,
  properties: {
    fetch: {
      description:
        "off: nothing; known: what allow names, and what the tree before a change already refers to; any: everything. Where no change is judged, the default is any.",
      enum: ["known", "any", "off"],
      default: "known",
    },
    allow: {
      description: "Glob patterns of URLs, such as oci://ghcr.io/acme/** or https://charts.example.com/**.",
      type: "array",
      items: { type: "string", pattern: "^(https?|oci|oci\\+http|ssh)://." },
      uniqueItems: true,
      default: [],
    },
    mirrors: {
      description: "Servers to use in place of others, by the start of the URLs that they replace.",
      type: "object",
      additionalProperties: { type: "string", minLength: 1 },
      default: {},
    },
  },
} as const;
