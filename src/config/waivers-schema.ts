import { waiverKeys, type WaiverKey } from "../model/waiver.ts";

const meanings: { readonly [key in WaiverKey]: string } = {
  kind: "Kind of the object, such as Deployment.",
  namespace: "Namespace of the object.",
  name: "Name of the object.",
  container: "Name of the container that the finding is about.",
  environment: "Environment that the object lands in.",
  path: "Glob of the file that the finding, problem or gap is at, or in which its value stands.",
  pointer: "Glob of the JSON Pointer of the value, such as /spec/replicas.",
  message: "What the problem, or the reason of the gap, says.",
};

/** One pattern, or several of which one must match. */
function patterns(description: string) {
  return {
    description,
    if: { type: "array" },
    then: { type: "array", items: { type: "string", minLength: 1 }, minItems: 1, uniqueItems: true },
    else: { type: "string", minLength: 1 },
  } as const;
}

/** JSON Schema (draft 7) of a file with waivers; published as schema/waivers.schema.json, which a test keeps equal. */
export const waiversSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Waivers of Portcullis",
  description: "Reviewed exceptions that expire.",
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["match", "reason", "expires"],
    oneOf: [{ required: ["policy"] }, { required: ["problem"] }, { required: ["gap"] }],
    properties: {
      policy: { description: "Id of a policy, or a glob such as pods/**.", type: "string", minLength: 1 },
      problem: {
        description: "The stage of a problem, in place of policy: what could not be judged.",
        enum: ["read", "parse", "render", "evaluate"],
      },
      gap: { description: "In place of policy: what was not rendered.", const: true },
      match: {
        description:
          "What the waiver covers: every key must match. At least one must leave something out. In path and pointer ** stands for any number of names; elsewhere * stands for any characters.",
        type: "object",
        additionalProperties: false,
        minProperties: 1,
        properties: Object.fromEntries(waiverKeys.map((key) => [key, patterns(meanings[key])])),
      },
      reason: { description: "Why the exception is right.", type: "string", minLength: 1 },
      ticket: { description: "Where it is followed up.", type: "string", minLength: 1 },
      owner: { description: "Who answers for it.", type: "string", minLength: 1 },
      expires: {
        description: "The day (UTC) on which it no longer holds, such as 2027-01-15.",
        type: "string",
        format: "date",
      },
    },
  },
} as const;
