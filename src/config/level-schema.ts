const level = { enum: ["deny", "warn", "info", "off"] } as const;

const datedLevel = {
  type: "object",
  additionalProperties: false,
  required: ["level", "until", "then"],
  properties: {
    level: { ...level, description: "The level before that day." },
    until: {
      description: "The day (UTC) from which `then` applies, such as 2027-01-15.",
      type: "string",
      format: "date",
    },
    then: { ...level, description: "The level from that day on." },
  },
} as const;

/** JSON Schema of levels by policy id: one level, or one until a date and another from then on. */
export const levelsSchema = {
  type: "object",
  additionalProperties: { if: { type: "object" }, then: datedLevel, else: level },
  default: {},
} as const;
