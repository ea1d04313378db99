import type { JsonObject } from "../../src/model/json.ts";
import type { Judge, Question } from "../../src/model/judge.ts";
import type { Violation } from "../../src/model/violation.ts";

/** A judge whose three policies are a few lines of TypeScript: enough to tell what the core makes of answers. */
export function simpleJudge(overrides: Partial<Judge> = {}): Judge & { readonly asked: Question[] } {
  const asked: Question[] = [];
  return {
    asked,
    digest: "simple",
    policies: [
      { id: "images/tag", package: "images.tag", title: "Images are pinned", docs: "https://example.com/tag" },
      { id: "meta/owner", package: "meta.owner" },
      { id: "change/freeze", package: "change.freeze" },
    ],
    problems: [],
    readsChange: true,
    readsTime: false,
    judge: async (questions) => {
      asked.push(...questions);
      return questions.map((question) => ({
        violations: violationsOf(question),
        excepted: [],
        problems: troubleOf(question),
      }));
    },
    close: async () => {},
    ...overrides,
  };
}

function troubleOf({ manifest }: Question) {
  return manifest.identity.name === "crash"
    ? [{ stage: "evaluate" as const, message: "images/tag did not answer within 1 s" }]
    : [];
}

function violationsOf({ manifest, operation, oldObject }: Question): readonly Violation[] {
  const found: Violation[] = [];
  const metadata = (manifest.value["metadata"] ?? {}) as JsonObject;
  const containers = ((manifest.value["spec"] as JsonObject | undefined)?.["containers"] ?? []) as JsonObject[];
  containers.forEach((container, index) => {
    const image = String(container["image"] as string);
    if (!image.endsWith(":latest")) return;
    found.push({
      policy: "images/tag",
      rule: "deny",
      level: "deny",
      message: `${image} is not pinned`,
      cause: {
        pointer: `/spec/containers/${index}/image`,
        stablePointer: `/spec/containers/[name=${String(container["name"] as string)}]/image`,
        precision: "value",
        reads: image,
      },
      readsChange: false,
    });
  });
  const labels = (metadata["labels"] ?? {}) as JsonObject;
  if (labels["owner"] === undefined) {
    found.push({
      policy: "meta/owner",
      rule: "warn",
      level: "warn",
      message: `${manifest.identity.name} has no owner (${Object.keys(labels).length} labels)`,
      cause: { pointer: "/metadata", stablePointer: "/metadata", precision: "parent", reads: "" },
      readsChange: false,
    });
  }
  if (labels["frozen"] === "true" && operation !== "CREATE") {
    found.push({
      policy: "change/freeze",
      rule: "deny",
      level: "deny",
      message: `${manifest.identity.name} is frozen: ${operation}${oldObject === undefined ? "" : " of an object"}`,
      cause: {
        pointer: "/metadata/labels/frozen",
        stablePointer: "/metadata/labels/frozen",
        precision: "value",
        reads: "true",
      },
      readsChange: true,
    });
  }
  return found;
}
