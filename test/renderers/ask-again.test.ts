import { expect, test } from "@jest/globals";
import { askingAgain } from "../../src/renderers/ask-again.ts";
import type { ModuleOutcome, ModulePool } from "../../src/renderers/module-pool.ts";

/** A pool that answers with the number of the request, and those for which a limit is set with `late`. */
function counting(): Pick<ModulePool, "ask"> & { readonly asked: () => number } {
  let asked = 0;
  return {
    asked: () => asked,
    ask: <Answer>(_: string, request: object): Promise<ModuleOutcome<Answer>> => {
      asked += 1;
      return Promise.resolve(
        "late" in request
          ? { kind: "late", message: "late" }
          : { kind: "answered", answer: asked as Answer, blob: new Uint8Array() },
      );
    },
  };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("an equal request is asked once, another one by itself", async () => {
  const pool = counting();
  const again = askingAgain(pool);
  const first = await again.ask("kustomize", { root: "a" }, bytes("x"));
  expect(await again.ask("kustomize", { root: "a" }, bytes("x"))).toEqual(first);
  expect(pool.asked()).toBe(1);
  await again.ask("kustomize", { root: "a" }, bytes("y"));
  await again.ask("kustomize", { root: "b" }, bytes("x"));
  await again.ask("substitute", { root: "a" }, bytes("x"));
  expect(pool.asked()).toBe(4);
});

test("requests under way are shared", async () => {
  const pool = counting();
  const again = askingAgain(pool);
  await Promise.all([again.ask("kustomize", { root: "a" }), again.ask("kustomize", { root: "a" })]);
  expect(pool.asked()).toBe(1);
});

test("what a limit ended is asked again", async () => {
  const pool = counting();
  const again = askingAgain(pool);
  expect((await again.ask("kustomize", { late: true })).kind).toBe("late");
  await again.ask("kustomize", { late: true });
  expect(pool.asked()).toBe(2);
});

test("the answers asked for last are held", async () => {
  const pool = counting();
  const again = askingAgain(pool);
  for (let root = 0; root < 8; root += 1) await again.ask("kustomize", { root });
  await again.ask("kustomize", { root: 0 });
  await again.ask("kustomize", { root: 8 });
  expect(pool.asked()).toBe(9);
  await again.ask("kustomize", { root: 0 });
  expect(pool.asked()).toBe(9);
  await again.ask("kustomize", { root: 1 });
  expect(pool.asked()).toBe(10);
});
