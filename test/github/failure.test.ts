import { expect, test } from "@jest/globals";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Octokit } from "octokit";
import { failureOf } from "../../src/github/failure.ts";

test("a connection that nobody takes is named as such, not as an answer of GitHub", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  const octokit = new Octokit({ baseUrl: `http://127.0.0.1:${port}`, retry: { enabled: false } });
  const error = await octokit.request("GET /rate_limit").catch((thrown: unknown) => thrown);
  expect(failureOf(error)).toEqual({ kind: "transient", reason: "ECONNREFUSED" });
});
