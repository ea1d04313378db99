import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { policySources } from "../../src/config/policy-sources.ts";
import { defaultConfig } from "../../src/config/default-config.ts";
import { check } from "../../src/gate/check.ts";
import type { Judge } from "../../src/model/judge.ts";
import { createJudge, defaultLimits } from "../../src/rego/create-judge.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import type { Renderer } from "../../src/model/renderer.ts";
import { createToolchain, type Toolchain } from "../../src/rego/toolchain/toolchain.ts";
import { json } from "../../src/report/json.ts";
import { directoryTree } from "../../src/tree/directory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const root = "fixtures/changes";
const cases = readdirSync(root, { withFileTypes: true })
  .filter((item) => item.isDirectory() && item.name !== "policies")
  .map(({ name }) => name);
const now = "2026-01-01T00:00:00Z";
let toolchain: Toolchain;
let judge: Judge;
let renderer: Renderer;

beforeAll(async () => {
  toolchain = createToolchain({ cacheDir: TEST_CACHE });
  renderer = createRenderer({ cacheDir: TEST_CACHE });
  const { sources, problems } = await policySources(directoryTree(root), { policies: ["policies"], data: [] });
  expect(problems).toEqual([]);
  judge = await createJudge(sources, { toolchain, now, ...defaultLimits });
  expect(judge.problems).toEqual([]);
});

afterAll(async () => {
  await judge.close();
  toolchain.close();
  renderer.close();
});

test.each(cases)("%s is judged as expected.json says", async (name) => {
  const report = await check({
    before: directoryTree(join(root, name, "base")),
    after: directoryTree(join(root, name, "head")),
    config: defaultConfig,
    judge,
    renderer,
    now,
    judged: { before: "base", after: "head", how: "fixture" },
  });
  // The digest of policies and toolchain is not what these cases are about.
  const text = json({ ...report, policies: { ...report.policies, digest: "…" } });
  const golden = join(root, name, "expected.json");
  if (process.env["PORTCULLIS_UPDATE"] === "1") writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, "utf8"));
});

test("every expected report is valid by the published schema", () => {
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(
    JSON.parse(readFileSync("schema/report.schema.json", "utf8")) as object,
  );
  for (const name of cases) {
    const report: unknown = JSON.parse(readFileSync(join(root, name, "expected.json"), "utf8"));
    validate(report);
    expect({ name, errors: validate.errors }).toEqual({ name, errors: null });
  }
});
