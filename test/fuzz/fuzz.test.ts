import { expect, test } from "@jest/globals";
import { loadTarget, targetNames } from "../../bench/fuzz/list-targets.ts";
import { runCases } from "../../bench/fuzz/run-cases.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

// The same cases each time, and not as many as fit into some time: what a test finds depends on no machine.
// `node dist/bench/fuzz.js` runs others for as long as it is told.
const seed = 20_261_201;

test.each(targetNames())("no case of %s crashes or has an unlike verdict", async (name) => {
  const target = await loadTarget(name);
  const fuzzer = await target.open(TEST_CACHE);
  try {
    const outcome = await runCases(fuzzer, { seed, from: 0, goesOn: (done) => done < target.inTests });
    const ends = [...outcome.ends].map(([end, times]) => `${times} ${end}`).join(", ");
    process.stdout.write(`${name}: ${outcome.executions} executions, ${outcome.faults.length} faults; ${ends}\n`);
    const shown = outcome.faults
      .slice(0, 5)
      .map(({ kind, index, message }) => `${kind}: fuzz.js ${name} --seed ${seed} --only ${index}\n${message}`);
    expect(shown).toEqual([]);
    expect(outcome.executions).toBe(target.inTests);
  } finally {
    await fuzzer.close();
  }
});
