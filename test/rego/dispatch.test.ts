import { afterAll, expect, test } from "@jest/globals";
import { loadBuiltins } from "../../src/rego/builtins/load-builtins.ts";
import { compilePolicyModule, EvaluationError, instantiate } from "../../src/rego/opa-wasm.ts";
import type { CompileAnswer } from "../../src/rego/toolchain/protocol.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { jsonFromValue } from "../../src/rego/value/json-text.ts";
import { readValue } from "../../src/rego/value/read-value.ts";
import type { RegoValue } from "../../src/rego/value/rego-value.ts";
import { openModule } from "../../src/wasm/module-patch.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
});

const kinds = ["Pod", "Deployment", "Job", "Service", "Ingress"];

/** Ways to say that a rule is about a kind, and some that only look like it. */
const conditions: readonly ((kind: string) => string)[] = [
  (kind) => `input.kind == "${kind}"`,
  (kind) => `"${kind}" = input["kind"]`,
  (kind) => `input.kind in {"${kind}", "Secret"}`,
  (kind) => `input.kind in lib.workloads\n\tinput.kind != "${kind}"`,
  (kind) => `input.apiVersion == "v1"\n\tinput.kind == "${kind}"`,
  () => `lib.is_pod`,
  () => `not lib.is_pod`,
  () => `lib.is_workload`,
  (kind) => `object.kind == "${kind}"`,
  (kind) => `not input.kind == "${kind}"`,
  (kind) => `input.kind != "${kind}"`,
  (kind) => `lower(input.kind) == lower("${kind}")`,
  (kind) => `some name in {"a-Job", "Job"}\n\tinput.metadata.name == name\n\tinput.kind == "${kind}"`,
  (kind) => `some item in input.items\n\titem.kind == "${kind}"`,
  (kind) => `some kind in {"${kind}", "pod"}\n\tkind == input.kind`,
  () => `input.kind`,
];

const lib = `package lib

is_pod if input.kind == "Pod"

is_workload if is_pod

is_workload if input.kind in workloads

workloads := {"Deployment", "Job"}

conflicting := 1

conflicting := 2 if input.metadata
`;

/** A body for each kind and condition, in files of their own. */
function bodies(packageOf: (n: number) => string, of: readonly string[] = kinds) {
  return of.flatMap((kind, k) =>
    conditions.map((condition, c) => {
      const n = k * conditions.length + c;
      return `package ${packageOf(n)}

import data.lib
import input.review.object

deny contains message if {
	${condition(kind)}
	message := sprintf("%d %v", [${n}, input.metadata.name])
}
`;
    }),
  );
}

const sets: { readonly [name: string]: readonly string[] } = {
  "one set of many files": bodies(() => "main"),
  "a package for each rule": bodies((n) => `main.p${n}`, kinds.slice(0, 2)),
  "sets that are read by others": [
    ...bodies(() => "main"),
    `package main

warn contains message if {
	some message in deny with input as {"kind": "Service", "metadata": {"name": "other"}}
}

warn contains message if {
	is_object(input)
	some message in deny with input.kind as "Job"
}
`,
  ],
  "a helper that is replaced": [
    ...bodies(() => "main"),
    `package main

warn contains message if {
	some message in deny with data.lib.is_pod as true
}
`,
  ],
  "a package that is read as a whole": [
    ...bodies(() => "main"),
    `package other

deny contains message if {
	some name
	message := sprintf("%s: %d", [name, count(data.main[name])])
}
`,
  ],
  "rules that are no sets": [
    `package main.a

deny := "a pod" if input.kind == "Pod"

else := "a job" if input.kind == "Job"
`,
    `package main.b

deny := {"a pod"} if input.kind == "Pod"

else := {"no pod"}
`,
    `package main.c

default deny := {"by default"}

deny := {"a pod"} if input.kind == "Pod"
`,
    `package main.d

deny[key] := value if {
	input.kind == "Pod"
	some key, value in input.metadata
}
`,
    ...kinds.map(
      (kind, n) =>
        `package main.e${n}\n\ndeny := ["one"] if input.kind == "Pod"\n\nwarn := "${kind}" if input.kind == "Pod"\n`,
    ),
  ],
  "rules that fail": [
    ...bodies(() => "main"),
    `package main

import data.lib

deny contains lib.conflicting if input.kind == "Pod"
`,
    `package main

import data.lib

warn contains "failed first" if {
	lib.conflicting == 1
	input.kind == "Job"
}

warn contains "another" if input.kind == "Job"

violation contains "failed for all" if {
	lib.conflicting == 1
	lib.is_pod
}

violation contains "another" if lib.is_pod
`,
  ],
};

const documents: readonly unknown[] = [
  ...kinds.map((kind, n) => ({ apiVersion: n % 2 === 0 ? "v1" : "apps/v1", kind, metadata: { name: `a-${kind}` } })),
  ...kinds.map((kind) => ({ kind: kind.toLowerCase(), metadata: { name: kind } })),
  { kind: "Job" },
  { apiVersion: "v1", metadata: { name: "without" } },
  ...[1, null, true, ["Pod"], { Pod: 1 }, ""].map((kind) => ({ kind, metadata: { name: "odd" } })),
  { kind: "List", metadata: { name: "list" }, items: kinds.map((kind) => ({ kind, metadata: { name: kind } })) },
  { review: { kind: { kind: "Pod" }, object: { kind: "Pod" } }, metadata: { name: "review" } },
  { kind: "Secret", metadata: { name: "secret" }, spec: {} },
  [{ kind: "Pod" }],
  "Pod",
  null,
  7,
];

test.each(Object.keys(sets))("what is found is what OPA finds, whatever is asked: %s", async (name) => {
  const modules = [lib, ...sets[name]!].map((text, n) => ({ path: `${n}.rego`, text, regoVersion: "v1" as const }));
  const compiled = await toolchain.compile({ modules, namespaces: "*" });
  if (compiled.kind === "failed") throw new Error(compiled.message);
  expect(compiled.answer.errors).toEqual([]);
  const ours = await instanceOf(compiled.answer);
  const wanted = await Promise.all(
    compiled.answer.rules.map(({ package: from, name: rule }) => opaFinds(modules, `data.${from}.${rule}`)),
  );
  for (const [d, document] of documents.entries()) {
    const expected = wanted.map((finds) => finds[d]);
    const alone = compiled.answer.rules.map((_, i) => ours(document, compiled.answer.entrypoints.rules[i]!));
    expect({ document, found: alone }).toEqual({ document, found: expected });
    const all = ours(document, compiled.answer.entrypoints.results);
    if (expected.includes(failed)) {
      expect(all).toBe(failed);
      continue;
    }
    const rules = new Map((all as unknown as { readonly rules: readonly [number, unknown][] }).rules);
    const isEmpty = (value: unknown) => value === undefined || ["[]", "{}"].includes(JSON.stringify(value));
    expect({ document, found: expected.map((_, i) => rules.get(i)) }).toEqual({
      document,
      found: expected.map((value) => (isEmpty(value) ? undefined : value)),
    });
  }
  expect(wanted.flat().filter((value) => value !== undefined).length).toBeGreaterThan(3);
});

test("rules for other kinds are functions of their own, which are not called", async () => {
  const modules = sets["one set of many files"]!.map((text, n) => ({
    path: `${n}.rego`,
    text,
    regoVersion: "v1" as const,
  }));
  const compiled = await toolchain.compile({
    modules: [...modules, { path: "lib.rego", text: lib, regoVersion: "v1" }],
  });
  if (compiled.kind === "failed") throw new Error(compiled.message);
  const parts = [...openModule(compiled.answer.wasm!).names.keys()].filter((name) => name.includes("portcullis_part_"));
  expect(parts.length).toBeGreaterThan(kinds.length);
});

const failed = "failed";

async function opaFinds(modules: Parameters<typeof toolchain.compile>[0]["modules"], query: string) {
  const outcome = await toolchain.evaluate({ modules, query, inputs: documents as never });
  if (outcome.kind === "failed") throw new Error(outcome.message);
  return outcome.answer.evaluations.map(({ values, error }) => (error === undefined ? values[0] : failed));
}

/** Evaluates an entry point on a document, each time in a state that no failure has left behind. */
async function instanceOf({ wasm, builtins: names }: CompileAnswer) {
  const builtins = await loadBuiltins(names, () => {
    throw new Error("nothing here is OPA's to answer");
  });
  const module = compilePolicyModule(wasm!);
  const make = () =>
    instantiate(module, {
      data: { key: () => "", text: () => "{}" },
      memoryLimitMiB: 256,
      stepLimit: 100_000_000,
      builtin: (name, args): RegoValue | undefined => builtins.get(name)?.({ nowNs: 0n }, ...args),
    });
  let instance = make();
  return (document: unknown, entrypoint: string) => {
    try {
      instance.read(JSON.stringify({ document }));
      const text = instance.evaluate(instance.entrypoints.get(entrypoint)!);
      return text === undefined ? undefined : jsonFromValue(readValue(text));
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      instance = make();
      return failed;
    }
  };
}
