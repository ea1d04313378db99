import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { defaultLimits, type RemoteLimits } from "../../src/remote/limits.ts";
import { attacks } from "../support/remote-servers/attacks/all.ts";
import { carryOut, openStage, secret } from "../support/remote-servers/attacks/attack.ts";
import { storeDirectory } from "../support/remote-servers/job.ts";

/** So small that an attack need not be large. */
const limits: RemoteLimits = {
  ...defaultLimits,
  archiveBytes: 1_000_000,
  indexBytes: 2_000_000,
  unpackedBytes: 3_000_000,
  files: 200,
  repositoryBytes: 2_000_000,
  jobBytes: 10_000_000,
  silence: 1_000,
  request: 3_000,
};

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage(limits, await storeDirectory());
});
afterEach(() => stage.close());

const told = [secret, Buffer.from(`reader:${secret}`).toString("base64")];

test("ten thousand references are a bounded number of requests, and each says why it was not fetched", async () => {
  const server = await stage.serve((_, response) => response.end("a: 1\n"));
  const references = Array.from({ length: 10_000 }, (_, at) => ({
    kind: "file" as const,
    url: `${server.origin}/${at}`,
  }));
  const plan = { references, hosts: [`${server.origin}/**`] };
  const results = await carryOut(plan, await storeDirectory(), {});
  expect(server.seen).toHaveLength(2_000);
  expect(results.filter(({ kind }) => kind === "found")).toHaveLength(2_000);
  expect(results.at(-1)).toEqual({ kind: "refused", message: "there are more than 2000 references" });
});

test.each(Object.values(attacks).flat())("$name", async ({ prepare, expected }) => {
  const plan = await prepare(stage);
  const results = await carryOut(plan, await storeDirectory(), limits);

  const [kind, message] = expected;
  for (const result of results) {
    expect(result).toEqual({ kind, message: expect.stringMatching(message) });
    for (const text of told) expect(result.message).not.toContain(text);
  }
  expect(stage.forbidden.seen).toEqual([]);
  // What there is a password for is one server's start of URLs; no other server may see it.
  const host = plan.secretFor?.replace(/^\w+:\/\//, "");
  for (const server of [...stage.servers, stage.foreign].filter((each) => each.host !== host)) {
    for (const text of told) expect(JSON.stringify(server.seen)).not.toContain(text);
  }
});
