const level = { enum: ["deny", "warn", "info", "off"] } as const;

const datedLevel = {
  type: "object",
  additionalProperties: false,
  required: ["level", "until", "then"],
  properties: {
    level: { ...level, description: "The level until the day begins." },
    until: {
      description: "The day (UTC) on which `then` begins to hold, such as 2027-01-15.",
      type: "string",
      format: "date",
    },
    then: { ...level, description: "The level from that day on." },
  },
} as const;

/** Levels by policy id: one word, or one level until a day begins and then another. */
export const levelsSchema = {
  type: "object",
  additionalProperties: { if: { type: "object" }, then: datedLevel, else: level },
  default: {},
} as const;
