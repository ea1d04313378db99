import { afterAll, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

const variables = { stage: "prod", replicas: "3", empty: "", lines: "one\ntwo\n" };

test.each([
  ["a variable", "a: ${stage}", "a: prod"],
  ["a number stays a number", "a: ${replicas}", "a: 3"],
  ["a default", "a: ${gone:=eu}", "a: eu"],
  ["a default that is not needed", "a: ${stage:=eu}", "a: prod"],
  ["an unknown variable", "a: x${gone}", "a: x"],
  ["part of a text", "a: '${stage:0:2}'", "a: pr"],
  ["an escaped one", "a: $${stage}", "a: ${stage}"],
  ["a dollar alone", "a: $stage", "a: $stage"],
  ["a value's line ends are left out", "a: ${lines}", "a: onetwo"],
])("%s is substituted as Flux does", async (_, document, expected) => {
  const outcome = await renderer.substitute({ documents: [document], variables });
  expect(outcome).toEqual({ kind: "rendered", answer: { documents: [`${expected}\n`] } });
});

test("objects that say so, by label or annotation, are left alone", async () => {
  const documents = ["labels", "annotations"].map(
    (field) => `metadata:\n  ${field}:\n    kustomize.toolkit.fluxcd.io/substitute: disabled\na: \${stage}\n`,
  );
  expect(await renderer.substitute({ documents, variables })).toEqual({ kind: "rendered", answer: { documents } });
});

test("without variables defaults are filled in: whether that is wanted is the caller's", async () => {
  const outcome = await renderer.substitute({ documents: ["a: ${gone:=eu}\n"], variables: {} });
  expect(outcome).toEqual({ kind: "rendered", answer: { documents: ["a: eu\n"] } });
});

test("an unknown variable is an error of its document where strict, and stays where asked", async () => {
  const documents = ["a: ${stage}\n", "a: ${gone}\n"];
  expect(await renderer.substitute({ documents, variables, strict: true })).toMatchObject({
    kind: "failed",
    document: 1,
    message: expect.stringContaining("gone"),
  });
  expect(await renderer.substitute({ documents, variables, keepUnknown: true })).toEqual({
    kind: "rendered",
    answer: { documents: ["a: prod\n", "a: ${gone}\n"] },
  });
});

test("a name that is no name is refused", async () => {
  expect(await renderer.substitute({ documents: ["a: b"], variables: { "no-name": "x" } })).toMatchObject({
    kind: "failed",
    message: expect.stringContaining('"no-name" cannot be the name of a variable'),
  });
});
