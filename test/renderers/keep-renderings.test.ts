import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { KustomizeAnswer, KustomizeRequest, Renderer, RenderOutcome } from "../../src/model/renderer.ts";
import { keepingRenderings } from "../../src/renderers/keep-renderings.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portcullis-renderings-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const request = (text: string, root = "k"): KustomizeRequest => ({
  root,
  files: new Map([["k/kustomization.yaml", new TextEncoder().encode(text)]]),
});

/** A renderer that tells what it was asked, with the number of the question. */
function counting(outcome: (count: number) => RenderOutcome<KustomizeAnswer> = rendered, digest = "d") {
  let asked = 0;
  const unused = async (): Promise<RenderOutcome<never>> => ({ kind: "failed", message: "unused" });
  const renderer: Renderer = {
    digest,
    kustomize: async () => outcome((asked += 1)),
    helm: unused,
    substitute: unused,
    goTemplate: unused,
    resourceSet: unused,
    jsonnet: unused,
    close: () => {},
  };
  return { renderer, asked: () => asked };
}

function rendered(count: number): RenderOutcome<KustomizeAnswer> {
  return { kind: "rendered", answer: { yaml: `n: ${count}\n`, origins: [], reads: [] } };
}

test("what was rendered is there for the next process, by everything that was asked", async () => {
  const first = counting();
  const kept = keepingRenderings(first.renderer, directory);
  const answer = await kept.kustomize(request("a"));
  const second = counting();
  const again = keepingRenderings(second.renderer, directory);
  expect(await again.kustomize(request("a"))).toEqual(answer);
  expect(second.asked()).toBe(0);
  await again.kustomize(request("b"));
  await again.kustomize(request("a", "l"));
  expect(second.asked()).toBe(2);
  const other = counting(rendered, "other modules");
  await keepingRenderings(other.renderer, directory).kustomize(request("a"));
  expect(other.asked()).toBe(1);
});

test("what a limit ended is asked again, what failed is not", async () => {
  const late = counting(() => ({ kind: "late", message: "too slow" }));
  const failed = counting(() => ({ kind: "failed", message: "no such file" }));
  for (const { renderer } of [late, late, failed, failed])
    await keepingRenderings(renderer, directory).kustomize(request(renderer === late.renderer ? "a" : "b"));
  expect([late.asked(), failed.asked()]).toEqual([2, 1]);
});

test.each<[string, (path: string) => void]>([
  ["is cut off", (path) => truncateSync(path, 40)],
  ["holds other bytes", (path) => writeFileSync(path, `${"x".repeat(32)}{"kind":"rendered"}`)],
  ["is empty", (path) => writeFileSync(path, "")],
])("an entry that %s is rendered anew and mended", async (_name, damage) => {
  const { renderer, asked } = counting();
  const kept = keepingRenderings(renderer, directory);
  await kept.kustomize(request("a"));
  const [entry = ""] = readdirSync(join(directory, "rendered"));
  damage(join(directory, "rendered", entry));
  expect(await kept.kustomize(request("a"))).toEqual(rendered(2));
  expect(await kept.kustomize(request("a"))).toEqual(rendered(2));
  expect(asked()).toBe(2);
});

test("a directory that cannot be written only costs time", async () => {
  const { renderer, asked } = counting();
  writeFileSync(join(directory, "rendered"), "in the way");
  const kept = keepingRenderings(renderer, directory);
  expect(await kept.kustomize(request("a"))).toEqual(rendered(1));
  expect(await kept.kustomize(request("a"))).toEqual(rendered(2));
  expect(asked()).toBe(2);
});
