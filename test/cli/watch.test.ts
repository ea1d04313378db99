import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { watchAndRepeat } from "../../src/cli/watch.ts";
import { directoryWith } from "./run-portcullis.ts";

test.each([
  ["below a watched directory", "policy", "policy/a.rego"],
  ["of a watched file", "data/d.yaml", "data/d.yaml"],
])("an edit %s while a run is in progress starts another run", async (_name, watched, edited) => {
  const directory = directoryWith({ "policy/a.rego": "package a\n", "data/d.yaml": "a: 1\n" });
  let runs = 0;
  const code = await watchAndRepeat(async (watch) => {
    runs += 1;
    watch([join(directory, watched)]);
    if (runs === 1) writeFileSync(join(directory, edited), "package b\n");
    else process.emit("SIGINT");
    return runs;
  });
  expect([runs, code]).toEqual([2, 2]);
});

test("what a run writes into a watched directory starts no other run", async () => {
  const directory = directoryWith({ "policy/a.rego": "package a\n" });
  let runs = 0;
  const ended = watchAndRepeat(async (watch) => {
    runs += 1;
    watch([join(directory, "policy")]);
    for (const name of ["out.log", "coverage.html", "lcov.info"]) writeFileSync(join(directory, "policy", name), "1\n");
    if (runs > 1) process.emit("SIGINT");
    return runs;
  });
  await new Promise((done) => setTimeout(done, 300));
  expect(runs).toBe(1);
  writeFileSync(join(directory, "policy", "b.rego"), "package b\n");
  expect(await ended).toBe(2);
});
