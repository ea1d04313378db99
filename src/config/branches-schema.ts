/** JSON Schema of `branches:` in portcullis.yaml. */
export const branchesSchema = {
  description:
    "Branches that are gated besides the default branch, by name or glob pattern: their content counts as accepted. The check of each is `portcullis: BRANCH`, unless an entry gives it another name.",
  type: "array",
  items: {
    if: { type: "object" },
    then: {
      type: "object",
      additionalProperties: false,
      required: ["branch", "check"],
      properties: {
        branch: {
          description: "The name of one branch. No pattern: branches that share a check would share what passed.",
          type: "string",
          minLength: 1,
          pattern: "^[^*?\\[\\]{}!\\\\]+$",
        },
        check: {
          description:
            "The name of its check. Neither `portcullis`, nor one that begins with `portcullis:`, nor that of another branch.",
          type: "string",
          maxLength: 100,
          pattern: "^[!-~](?:[ -~]*[!-~])?$",
        },
      },
    },
    else: { type: "string", minLength: 1 },
  },
  uniqueItems: true,
  default: [],
} as const;
