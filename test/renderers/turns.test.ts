import { expect, test } from "@jest/globals";
import { createTurns } from "../../src/renderers/turns.ts";

test("work that runs alone waits for what runs, and holds back what comes later", async () => {
  const turns = createTurns();
  const log: string[] = [];
  const work = (name: string) => async (): Promise<void> => {
    log.push(`${name} begins`);
    await new Promise<void>((done) => setImmediate(done));
    log.push(`${name} ends`);
  };
  const failing = turns.beside(() => Promise.reject(new Error("one fails"))).catch(() => log.push("one fails"));
  const first = [turns.beside(work("a")), turns.beside(work("b"))];
  await Promise.resolve();
  await Promise.resolve();
  const rest = [turns.alone(work("c")), turns.beside(work("d")), turns.alone(work("e"))];
  await Promise.all([failing, ...first, ...rest]);
  expect(log.filter((line) => line !== "one fails")).toEqual([
    "a begins",
    "b begins",
    "a ends",
    "b ends",
    "c begins",
    "c ends",
    "e begins",
    "e ends",
    "d begins",
    "d ends",
  ]);
});
