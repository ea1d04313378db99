import { afterAll, expect, test } from "@jest/globals";
import { loadBuiltins } from "../../../src/rego/builtins/load-builtins.ts";
import { compilePolicyModule, instantiate } from "../../../src/rego/opa-wasm.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
});

// Each field turns a set or an object into text or an array, where the order of iteration shows.
const text = `package main

deny contains json.marshal({
	"joined": concat(",", {name | some name in input.names; is_string(name)}),
	"members": [name | some name in members],
	"pairs": [[a, b] | some a in members; some b in members; a < b],
	"deep": [[a, b, c, d] | some a in few; some b in few; some c in few; some d in few],
	"crowded": crowded,
	"first": [a | some a in members; not earlier(a)],
	"keys": [key | some key, _ in input.object],
	"values": [value | some value in input.object],
	"walked": [path | walk(input.object, [path, _])],
	"json": json.marshal(input.object),
	"set": json.marshal(members),
	"filtered": [key | some key, _ in object.remove(input.object, ["k1"])],
	"wrapped": [[a, b] | some a in wrapped; some b in wrapped],
	"wrapped again": [member | some member in wrapped],
	"overtaken": overtaken,
	"union": [key | some key, _ in object.union(input.object, {"zz": 1, "aa": 2})],
})

members := {name | some name in input.names}

wrapped := {{"of": name} | some name in few}

# More sets of arrays are iterated than orders are kept, in the midst of an iteration of another.
overtaken := [[member, x] |
	some member in wrapped
	some i in numbers.range(1, 12)
	some x in numbered(i)
]

few := members if count(members) < 10

few := set() if count(members) > 9

# More iterations under way at once than sorted arrays are kept.
crowded := [x |
	count(input.names) == 3
	s0 := numbered(0)
	s1 := numbered(1)
	s2 := numbered(2)
	s3 := numbered(3)
	s4 := numbered(4)
	s5 := numbered(5)
	s6 := numbered(6)
	s7 := numbered(7)
	s8 := numbered(8)
	some x0 in s0
	some x1 in s1
	some x2 in s2
	some x3 in s3
	some x4 in s4
	some x5 in s5
	some x6 in s6
	some x7 in s7
	some x8 in s8
	x := [x0, x1, x2, x3, x4, x5, x6, x7, x8]
]

numbered(i) := {[i, name] | some name in input.names}

earlier(a) if {
	some b in members
	b < a
}
`;

function documents(): { readonly names: readonly unknown[]; readonly object: object }[] {
  let state = 7;
  const random = (limit: number) => (state = (state * 48_271) % 2_147_483_647) % limit;
  const values = [
    () => `n${random(1000)}`,
    () => random(100) - 50,
    () => random(100) / 8,
    () => [random(3), `x${random(5)}`],
    () => ({ [`k${random(9)}`]: random(9) }),
    () => random(2) === 0,
    () => null,
    () => `ü€😀${random(50)}`,
  ];
  return [0, 1, 2, 3, 7, 8, 9, 10, 11, 16, 17, 33, 100, 400].map((size) => ({
    names: Array.from({ length: size }, () => values[random(values.length)]!()),
    object: Object.fromEntries(
      Array.from({ length: size }, (_, i) => [
        `k${random(5 * size)}`,
        i % 5 === 0 ? { [`b${random(9)}`]: 1, [`a${random(9)}`]: [2] } : `v${random(9)}`,
      ]),
    ),
  }));
}

test("compiled modules iterate sets and objects in the order of OPA's evaluator, whatever their size and nesting", async () => {
  const modules = [{ path: "a.rego", text, regoVersion: "v1" as const }];
  const compiled = await toolchain.compile({ modules });
  if (compiled.kind === "failed") throw new Error(compiled.message);
  expect(compiled.answer.errors).toEqual([]);
  const inputs = documents();
  const expected = await toolchain.evaluate({ modules, query: "data.main.deny", inputs: inputs as never });
  if (expected.kind === "failed") throw new Error(expected.message);
  const builtins = await loadBuiltins(compiled.answer.builtins, () => {
    throw new Error("nothing here is OPA's to answer");
  });
  const instance = instantiate(compilePolicyModule(compiled.answer.wasm!), {
    data: { key: () => "", text: () => "{}" },
    memoryLimitMiB: 256,
    stepLimit: 100_000_000,
    builtin: (name, args) => {
      const answer = builtins.get(name)?.({ nowNs: 0n }, ...args);
      if (answer === undefined) throw new Error(`unexpected builtin ${name}`);
      return answer;
    },
  });
  const entry = instance.entrypoints.get(compiled.answer.entrypoints.rules[0]!)!;
  for (const [i, document] of inputs.entries()) {
    instance.read(JSON.stringify({ document }));
    const [wanted] = expected.answer.evaluations[i]!.values[0] as unknown as [string];
    expect(instance.evaluate(entry)).toBe(`{${JSON.stringify(wanted)}}`);
  }
});
