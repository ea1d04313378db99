/** JSON Schema of `compliance:` in portcullis.yaml. */
export const complianceSchema = {
  description: "What becomes of the judgement that the App makes of all of each gated branch every night.",
  type: "object",
  additionalProperties: false,
  properties: {
    issue: {
      description:
        "Whether the App keeps one issue of the repository current that says what fails, what is waived and what ends soon.",
      type: "boolean",
      default: false,
    },
  },
} as const;
