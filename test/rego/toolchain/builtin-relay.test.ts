import { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "@jest/globals";
import { createBuiltinRelay } from "../../../src/rego/toolchain/builtin-relay.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";
import { freshToolchain, judgeOf, question } from "../judging.ts";

const relay = createBuiltinRelay({ cacheDir: TEST_CACHE });
afterAll(async () => {
  await relay.close();
});

test("a builtin answers without awaiting", () => {
  expect(relay.call({ name: "semver.compare", args: ['"1.2.0"', '"1.10.0"'] })).toEqual({
    kind: "answer",
    answer: { kind: "value", value: "-1" },
  });
});

test("many calls in a row each get their own answer, however large", () => {
  for (const size of [1, 10, 100_000, 3_000_000, 5]) {
    expect(relay.call({ name: "upper", args: [JSON.stringify("x".repeat(size))] })).toEqual({
      kind: "answer",
      answer: { kind: "value", value: JSON.stringify("X".repeat(size)) },
    });
  }
});

test("another thread asks through a connection of its own", async () => {
  const { port, ...rest } = relay.connect();
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    import { builtinCaller } from ${JSON.stringify(new URL("../../../src/rego/toolchain/builtin-relay.js", import.meta.url).href)};
    parentPort.postMessage(builtinCaller(workerData)({ name: "units.parse", args: ['"1Ki"'] }));
  `;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), {
    workerData: { port, ...rest },
    transferList: [port],
  });
  const answer = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  await worker.terminate();
  expect(answer).toEqual({ kind: "answer", answer: { kind: "value", value: "1024" } });
});

test("a call that takes too long ends at its deadline, and the next one is answered", async () => {
  const short = createBuiltinRelay({ cacheDir: TEST_CACHE, deadlineMs: 6_000 });
  const pattern = JSON.stringify("a".repeat(2000));
  const late = short.call({
    name: "graph.reachable_paths",
    args: [
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 40 }, (_, i) => [i, Array.from({ length: 40 }, (_, j) => String(j))])),
      ),
      '["0"]',
    ],
  });
  expect(late).toMatchObject({ kind: "failed" });
  expect(short.call({ name: "upper", args: [pattern] })).toMatchObject({ kind: "answer" });
  await short.close();
});

test("judges share a relay that their caller keeps", async () => {
  const toolchain = freshToolchain();
  const asked: string[] = [];
  let closed = 0;
  const shared = {
    ...relay,
    call: (request: Parameters<typeof relay.call>[0]) => {
      asked.push(request.name);
      return relay.call(request);
    },
    close: async () => void (closed += 1),
  };
  const policy = `# METADATA
# custom: { id: a/b }
package a.b

deny contains "reached" if yaml.unmarshal(sprintf("name: %s", [input.metadata.name])).name == "a"
`;
  for (const round of [1, 2]) {
    const judge = await judgeOf(toolchain, policy, {}, { relay: shared });
    const [judgement] = await judge.judge([question({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } })]);
    await judge.close();
    expect({ round, messages: judgement?.violations.map(({ message }) => message), closed }).toEqual({
      round,
      messages: ["reached"],
      closed: 0,
    });
  }
  expect(asked.filter((name) => name === "yaml.unmarshal").length).toBeGreaterThan(1);
  toolchain.close();
});
