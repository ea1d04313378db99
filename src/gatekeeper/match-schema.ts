import type { Schema } from "../schema/schema.ts";

const text: Schema = { type: "string" };
const texts: Schema = { type: "array", items: text };
const wildcard: Schema = { type: "string", pattern: "^\\*?[-:a-z0-9]*\\*?$" };

const selector: Schema = {
  type: "object",
  properties: {
    matchLabels: { type: "object", additionalProperties: text },
    matchExpressions: {
      type: "array",
      items: {
        type: "object",
        properties: { key: text, operator: text, values: texts },
        required: ["key", "operator"],
      },
    },
  },
};

/** The schema of `spec.match` of constraints, from the CRD that Gatekeeper generates. */
export const fieldsOfMatch: Schema = {
  type: "object",
  properties: {
    source: { type: "string", enum: ["All", "Generated", "Original"] },
    kinds: { type: "array", items: { type: "object", properties: { apiGroups: texts, kinds: texts } } },
    scope: text,
    namespaces: { type: "array", items: wildcard },
    excludedNamespaces: { type: "array", items: wildcard },
    labelSelector: selector,
    namespaceSelector: selector,
    name: wildcard,
  },
};
