import { afterAll, describe, expect, test } from "@jest/globals";
import { createBuiltinRelay } from "../../src/rego/toolchain/builtin-relay.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { opaModule, readCases } from "./conformance/cases.ts";
import { runCase } from "./conformance/run-case.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const opa = opaModule();
const toolchain = createToolchain({ cacheDir: TEST_CACHE });
const relay = createBuiltinRelay({ cacheDir: TEST_CACHE });
afterAll(async () => {
  toolchain.close();
  await relay.close();
});

if ("missing" in opa) console.warn(`skipped: OPA's conformance cases (${opa.missing}; they come with OPA's Go module)`);

const sweep = process.env.PORTCULLIS_SWEEP !== undefined;
/** Without a sweep every so many cases, which takes seconds instead of minutes. */
const stride = sweep ? 1 : 40;

describe.each(["v0", "v1"] as const)("OPA's own cases for Rego %s", (version) => {
  const cases = "missing" in opa ? [] : readCases(opa.directory, version);
  const chosen = cases.filter((_, i) => i % stride === 0);

  (chosen.length === 0 ? test.skip : test)("are answered as OPA answers them, or refused with a reason", async () => {
    const refused = new Map<string, string[]>();
    const wrong: object[] = [];
    for (const one of chosen) {
      const outcome = await runCase(one, toolchain, relay.call);
      if (outcome.kind === "wrong") wrong.push({ case: one.name, ...outcome });
      if (outcome.kind === "refused") refused.set(outcome.cause, [...(refused.get(outcome.cause) ?? []), one.name]);
    }
    const refusals = [...refused.values()].flat().length;
    if (sweep) {
      const causes = [...refused].map(
        ([cause, names]) => `  ${cause}\n${names.map((name) => `    ${name}`).join("\n")}`,
      );
      const passed = chosen.length - refusals - wrong.length;
      process.stderr.write(
        `${version}: ${chosen.length} cases, ${passed} passed, ${refusals} refused, ${wrong.length} wrong\n${causes.join("\n")}\n`,
      );
    }
    expect(wrong).toEqual([]);
    expect(refusals).toBeLessThan(chosen.length / 50);
  });
});
