import { afterAll, expect, test } from "@jest/globals";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { unsigned } from "../../../src/wasm/instructions.ts";
import { openModule } from "../../../src/wasm/module-patch.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const toolchain = createToolchain({ cacheDir: TEST_CACHE });
afterAll(() => {
  toolchain.close();
});

const text = `package main

containers contains container if some container in input.spec.containers

deny contains "privileged" if {
	some container in containers
	container.privileged
}
`;

test("what an iteration gives is not looked up by its hash, as OPA's compiler would have it", async () => {
  const compiled = await toolchain.compile({ modules: [{ path: "a.rego", text, regoVersion: "v1" }] });
  if (compiled.kind === "failed") throw new Error(compiled.message);
  const module = openModule(compiled.answer.wasm!);
  const call = (name: string) => [0x10, ...unsigned(module.functionNamed(name)!)];
  const body = Buffer.from(module.body(module.functionNamed("g0.data.main.deny")!));
  const iteration = body.indexOf(Buffer.from(call("opa_value_iter")));
  expect(iteration).toBeGreaterThan(0);
  // The first lookup in the loop is that of the field, after both arguments of the one that was replaced.
  const turn = body.subarray(iteration, iteration + 24);
  expect(turn.includes(Buffer.from(call("opa_value_get")))).toBe(false);
});
