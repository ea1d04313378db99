import { expect, test } from "@jest/globals";
import { secretMask } from "../../src/gate/mask-secret.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import type { Violation } from "../../src/model/violation.ts";

const manifest = (kind: string, value: JsonObject): Manifest => ({
  identity: { group: "", kind, name: "x" },
  apiVersion: "v1",
  value,
  position: { path: "a.yaml", document: 0, line: 1, pointer: "" },
});

const violation = (message: string): Violation => ({
  policy: "p",
  rule: "deny",
  level: "deny",
  message,
  cause: { pointer: "", stablePointer: "", precision: "manifest" },
  readsChange: false,
  metadata: { details: { seen: [message] } },
});

const secret = manifest("Secret", {
  data: { password: Buffer.from("hunter2!").toString("base64"), short: "eA==" },
  stringData: { token: "s3cr3t-token", pin: "123" },
});

test.each([
  ["a value of stringData", "token s3cr3t-token is weak", "token *** is weak"],
  ["a value of data, decoded", "hunter2! is in every list", "*** is in every list"],
  [
    "a value of data as it is written",
    `${Buffer.from("hunter2!").toString("base64")} decodes to a word`,
    "*** decodes to a word",
  ],
  ["a value too short to hide", "pin 123", "pin 123"],
])("%s is hidden in messages and metadata", (_, message, masked) => {
  const result = secretMask(secret)?.(violation(message));
  expect(result).toMatchObject({ message: masked, metadata: { details: { seen: [masked] } } });
});

test("other kinds are left as they are", () => {
  expect(secretMask(manifest("ConfigMap", { data: { password: "hunter2!" } }))).toBeUndefined();
});
