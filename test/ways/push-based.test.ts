import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "../cli/run-portcullis.ts";
import { example, repositoryOf } from "./example.ts";

test("before applying, the pipeline's check passes what is in order and stops what is not", async () => {
  const directory = directoryWith(example("push-based"));
  expect((await portcullis(directory, ["check"])).code).toBe(0);
  const bad = directoryWith({ ...example("push-based"), ...example("push-based", "tag-that-moves") });
  expect((await portcullis(bad, ["check"])).code).toBe(1);
});

test("a tag in an overlay is found at the overlay's line, in its environment alone", async () => {
  const directory = repositoryOf("push-based", "tag-that-moves");
  const { code, out } = await portcullis(directory, ["check", "--base", "main", "-o", "json"]);
  expect(code).toBe(1);
  expect(JSON.parse(out).findings).toMatchObject([
    {
      policy: "images/tag",
      status: "introduced",
      environment: "production",
      location: { path: "deploy/overlays/production/kustomization.yaml", line: 11 },
    },
  ]);
});

test("what is rendered for kubectl is what was judged, byte for byte", async () => {
  const directory = directoryWith(example("push-based"));
  const { code, out } = await portcullis(directory, ["render", "deploy/overlays/production"]);
  expect(code).toBe(0);
  expect(out).toBe(readFileSync(join("fixtures/repos/push-based/rendered/production.yaml"), "utf8"));
});
