/** A person or a team as GitHub writes it. */
const owner = { type: "string", pattern: "^@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9_.-]+)?$" } as const;

/** JSON Schema of `owners:` in portcullis.yaml. */
export const ownersSchema = {
  description:
    "Who must approve a change that loosens rules: people (@login) and teams (@org/team), by glob patterns of policy ids. Of several patterns that match, the last one decides. portcullis/rules stands for what concerns no single policy. What no pattern matches is owned as CODEOWNERS says of its file, else by the administrators of the repository.",
  type: "object",
  additionalProperties: { type: "array", items: owner, uniqueItems: true, minItems: 1 },
  default: {},
} as const;

/** JSON Schema of `override:` in portcullis.yaml. */
export const overrideSchema = {
  description:
    "Who may let a blocked pull request through with /portcullis override REASON, and for how long. Default: nobody.",
  type: "object",
  additionalProperties: false,
  required: ["teams", "minutes"],
  properties: {
    teams: {
      description: "Teams (@org/team) whose members may override. Nobody overrides a change that they have a part in.",
      type: "array",
      items: { type: "string", pattern: "^@[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9_.-]+$" },
      uniqueItems: true,
      minItems: 1,
    },
    minutes: {
      description: "How long an override lasts, from its comment on.",
      type: "integer",
      minimum: 1,
      maximum: 1440,
    },
  },
} as const;

/** JSON Schema of `rollback:` in portcullis.yaml. */
export const rollbackSchema = {
  description:
    "How old a state of the gated branch may be that a change restores as a rollback: what it had when it passed is existing, and it is judged first.",
  type: "object",
  additionalProperties: false,
  properties: {
    days: {
      description: "Days since it was merged; 0: no change counts as a rollback.",
      type: "integer",
      minimum: 0,
      maximum: 365,
      default: 30,
    },
  },
} as const;

/** JSON Schema of `approvals:` in portcullis.yaml. */
export const approvalsSchema = {
  description:
    "Whether a change that loosens rules blocks until an owner has approved its head. Default: on where owners names somebody, else off.",
  enum: ["on", "off"],
} as const;
