import { afterAll, expect, test } from "@jest/globals";
import { inventoryOf, objectFacts, severalOf } from "../../src/manifest/object-facts.ts";
import { readManifests } from "../../src/manifest/read-manifests.ts";
import type { Fact } from "../../src/model/fact.ts";
import type { Question } from "../../src/model/judge.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { freshToolchain, judgeOf, messagesOf } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const manifestsIn = (text: string): readonly Manifest[] =>
  readManifests("a.yaml", new TextEncoder().encode(text)).manifests;
const manifestIn = (text: string): Manifest => manifestsIn(text)[0]!;
const rule = (body: string, more = ""): string =>
  `package main\n\nimport rego.v1\n\ndeny contains "x" if {\n  ${body.replaceAll("\n", "\n  ")}\n}\n${more}`;

const reads: readonly (readonly [name: string, rego: string, keys: readonly string[] | undefined])[] = [
  ["a kind of the core group", rule("data.portcullis.inventory.namespace[_].v1.Service[_]"), ["object Service"]],
  [
    "a kind of any group",
    rule('some n, gv\ndata.portcullis.inventory.namespace[n][gv]["Ingress"][_]'),
    ["object Ingress"],
  ],
  [
    "a kind without a namespace",
    rule('data.portcullis.inventory.cluster["v1"].Namespace[input.metadata.namespace]'),
    ["object Namespace"],
  ],
  [
    "two kinds",
    rule("data.portcullis.inventory.namespace[_].v1.Service[_]\ndata.portcullis.inventory.namespace[_].v1.Secret[_]"),
    ["object Secret", "object Service"],
  ],
  [
    "a kind, of several objects",
    rule("data.portcullis.inventory.several.namespace[_].v1.Service[input.metadata.name]"),
    ["object Service"],
  ],
  [
    "a kind through a helper",
    rule("helper", "helper if data.portcullis.inventory.namespace[_].v1.Pod[_]\n"),
    ["object Pod"],
  ],
  [
    "a kind through an import",
    rule("inv.namespace[_].v1.Pod[_]").replace(
      "import rego.v1",
      "import rego.v1\nimport data.portcullis.inventory as inv",
    ),
    ["object Pod"],
  ],
  [
    "a kind that only an exception looks up",
    rule("input.kind", 'exception contains [""] if data.portcullis.inventory.namespace[_].v1.Pod[_]\n'),
    ["object Pod"],
  ],
  [
    "a kind that the text does not tell",
    rule("data.portcullis.inventory.namespace[_].v1[input.kind][_]"),
    ["object *"],
  ],
  ["all of it, in a variable", rule("all := data.portcullis.inventory\nall.cluster"), ["object *"]],
  ["none, though a comment names the inventory", rule('input.kind == "Pod" # inventory'), undefined],
  ["none, but the operation", rule('data.portcullis.operation == "CREATE"\ninput.inventory'), undefined],
];

test.each(reads)("a rule that reads %s awaits that", async (_, rego, keys) => {
  const judge = await judgeOf(toolchain, rego);
  expect(judge.problems).toEqual([]);
  expect(judge.awaits?.({ manifest: manifestIn("apiVersion: v1\nkind: Pod\n"), operation: "CREATE" })).toEqual(keys);
  await judge.close();
});

const factsOf = (text: string): { readonly digest: string; readonly facts: readonly Fact[] } => ({
  digest: text,
  facts: manifestsIn(text).flatMap((manifest) => objectFacts(manifest, "all")),
});

test("objects are found by namespace, and those of kinds without one in the cluster", () => {
  const text = [
    "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\n",
    "apiVersion: v1\nkind: Service\nmetadata: { name: api }\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n",
    "apiVersion: x.io/v1\nkind: Odd\nmetadata: { name: __proto__ }\n",
  ].join("---\n");
  const { cluster, namespace } = inventoryOf(factsOf(text));
  const names = JSON.parse(JSON.stringify({ cluster, namespace }), (key: string, value: unknown) =>
    key === "metadata" ? "" : value,
  ) as unknown;
  const odd = { apiVersion: "x.io/v1", kind: "Odd", metadata: "" };
  const service = { apiVersion: "v1", kind: "Service", metadata: "" };
  expect(names).toEqual({
    cluster: {
      v1: { Namespace: { shop: { apiVersion: "v1", kind: "Namespace", metadata: "" } } },
      "x.io/v1": { Odd: Object.defineProperty({}, "__proto__", { value: odd, enumerable: true }) },
    },
    namespace: {
      shop: { v1: { Service: { web: service } } },
      default: {
        v1: { Service: { api: service } },
        "x.io/v1": { Odd: Object.defineProperty({}, "__proto__", { value: odd, enumerable: true }) },
      },
    },
  });
});

test("several objects of one name that differ are told, equal ones are not", () => {
  const service = (name: string, port: number): string =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ports: [{ port: ${port} }] }\n`;
  const text = [service("web", 80), service("web", 81), service("api", 80), service("api", 80)].join("---\n");
  expect(severalOf(factsOf(text))).toEqual({ namespace: { default: { v1: { Service: { web: true } } } } });
});

test("a rule sees that there are several objects of one name", async () => {
  const judge = await judgeOf(
    toolchain,
    rule("data.portcullis.inventory.several.namespace.default.v1.Service[input.metadata.name]"),
  );
  const service = (port: number): string =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: ${port} }] }\n`;
  const asked = (others: string): Question => ({
    manifest: manifestIn(service(80)),
    operation: "CREATE",
    facts: factsOf(others),
  });
  const said = await judge.judge([asked(service(80)), asked(`${service(80)}---\n${service(81)}`)]);
  expect(said.map(messagesOf)).toEqual([[], ["x"]]);
  await judge.close();
});

test("values of Secrets are not told, their keys are", () => {
  const secret = `apiVersion: v1
kind: Secret
metadata: { name: s, annotations: { kubectl.kubernetes.io/last-applied-configuration: "hunter2", a: b } }
data: { password: aHVudGVyMg== }
stringData: { token: hunter2 }
`;
  const [fact] = objectFacts(manifestIn(secret), ["Secret"]);
  expect(JSON.stringify(fact)).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(fact?.value).toMatchObject({
    data: { password: "***" },
    stringData: { token: "***" },
    metadata: { annotations: { a: "b" } },
  });
});

test("only rules that look others up wait, and no rule answers twice", async () => {
  const judge = await judgeOf(
    toolchain,
    `package main

import rego.v1

deny contains "at once" if input.kind == "Pod"

deny_others contains msg if {
  others := [name | data.portcullis.inventory.namespace[_].v1.Pod[name]]
  msg := sprintf("beside %v", [others])
}

deny_none contains "nothing there" if not data.portcullis.inventory.namespace.shop
`,
  );
  const question: Question = {
    manifest: manifestIn("apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n"),
    operation: "CREATE",
  };
  const facts = factsOf("apiVersion: v1\nkind: Pod\nmetadata: { name: b, namespace: shop }\n");
  const others = factsOf("apiVersion: v1\nkind: Pod\nmetadata: { name: c }\n");
  const said = await judge.judge([
    question,
    { ...question, facts },
    { ...question, facts: others },
    { ...question, facts },
  ]);
  expect(said.map(messagesOf)).toEqual([
    ["at once"],
    ['beside ["b"]'],
    ["nothing there", 'beside ["c"]'],
    ['beside ["b"]'],
  ]);
  await judge.close();
});

test("a policy set that Gatekeeper's place is named for looks there", async () => {
  const rego = rule("data.inventory.namespace[_].v1.Service[_]");
  const judge = await judgeOf(toolchain, rego, { inventoryAt: ["inventory"] });
  const question: Question = { manifest: manifestIn("apiVersion: v1\nkind: Pod\n"), operation: "CREATE" };
  expect(judge.awaits?.(question)).toEqual(["object Service"]);
  const facts = factsOf("apiVersion: v1\nkind: Service\nmetadata: { name: c }\n");
  expect((await judge.judge([{ ...question, facts }])).map(messagesOf)).toEqual([["x"]]);
  await judge.close();
});
