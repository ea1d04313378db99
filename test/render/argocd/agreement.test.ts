import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { isObject } from "../../../src/manifest/identity.ts";
import type { ClusterConfig } from "../../../src/model/config.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import type { Renderer } from "../../../src/model/renderer.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { planFile } from "./plan-files.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

/** Generated ApplicationSets, each with the Applications that Argo CD 3.6's own generators make of it over the same files. */
interface Agreement {
  readonly files: { readonly [path: string]: string };
  readonly clusters: readonly ClusterConfig[];
  readonly sets: readonly { readonly spec: JsonObject; readonly applications: readonly JsonObject[] }[];
}

const agreement: Agreement = JSON.parse(readFileSync("fixtures/argocd/application-sets.json", "utf8"));

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
});
afterAll(() => {
  renderer.close();
});

/** Without what says nothing, which Go's structs do not tell from what is absent. */
function said(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => said(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, said(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => !isEmpty(item)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === "" || value === null || (isObject(value) && Object.keys(value).length === 0);
}

test.each(agreement.sets.map((set, index) => [index, set] as const))(
  "generated set %i makes the Applications that Argo CD makes of it",
  async (_, { spec, applications }) => {
    const set = { apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", metadata: { name: "s" }, spec };
    const files = { ...agreement.files, "set.yaml": JSON.stringify(set) };
    const config = { clusters: agreement.clusters };
    const { children, problems } = await planFile("set.yaml", files, { config, repositories: ["https://x"], renderer });
    expect(problems).toEqual([]);
    const made = children.map(({ manifest: { value } }) =>
      JSON.stringify(said({ metadata: value["metadata"] ?? {}, spec: value["spec"] ?? {} })),
    );
    expect(made.toSorted()).toEqual(applications.map((one) => JSON.stringify(said(one))).toSorted());
  },
);
