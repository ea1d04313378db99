import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { withKubernetesDefaults } from "../../src/cel/kubernetes-defaults.ts";
import type { JsonObject } from "../../src/model/json.ts";

// What Kubernetes 1.37's own defaulting made of these objects on the way to an admission policy.
const recorded = JSON.parse(readFileSync("test/cel/kubernetes-defaults.json", "utf8")) as readonly {
  readonly given: JsonObject;
  readonly answered: JsonObject;
}[];

test.each(
  recorded.map(({ given, answered }, at) => [`${String(given["kind"] as string)} (${at})`, given, answered] as const),
)("%s has the defaults that the API server sets", (_, given, answered) => {
  expect(withKubernetesDefaults(given)).toEqual(answered);
});

test("what is set stays", () => {
  const set = recorded.map(({ answered }) => answered);
  expect(set.map(withKubernetesDefaults)).toEqual(set);
});
