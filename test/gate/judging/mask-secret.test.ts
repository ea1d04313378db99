import { expect, test } from "@jest/globals";
import { withoutSecrets } from "../../../src/gate/judging/mask-secret.ts";
import type { Question } from "../../../src/model/judge.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Judgement } from "../../../src/model/violation.ts";

function question(value: JsonObject, kind = "Secret", group = ""): Question {
  return {
    manifest: {
      identity: { group, kind, name: "db" },
      apiVersion: "v1",
      value,
      position: { path: "s.yaml", document: 0, line: 1, pointer: "" },
    },
    operation: "CREATE",
  };
}

function saying(message: string, metadata: JsonObject = {}): Judgement {
  return {
    violations: [
      {
        policy: "p",
        rule: "deny",
        level: "deny",
        message,
        cause: { pointer: "", stablePointer: "", precision: "value" },
        metadata,
        readsChange: false,
      },
    ],
    excepted: [],
    problems: [{ stage: "evaluate", message }],
  };
}

const value = {
  stringData: { password: "hunter2", key: "-----BEGIN KEY-----\nabcdef\n-----END KEY-----\n", pin: 1234 },
  data: { token: "c2VjcmV0IHRva2Vu", broken: "%%%%", short: "%%" },
};

test.each([
  ["the password is hunter2", "the password is ***"],
  ["token c2VjcmV0IHRva2Vu is secret token", "token *** is ***"],
  ['{"key": "-----BEGIN KEY-----\\nabcdef\\n-----END KEY-----\\n"}', '{"key": "***"}'],
  ["the second line is abcdef", "the second line is ***"],
  ["the pin is 1234", "the pin is ***"],
  ["broken is %%%%", "broken is ***"],
  ["a value too short to hide is %%", "a value too short to hide is %%"],
  ["hunter2! is in every list", "***! is in every list"],
  ["aHVudGVyMiE= decodes to a word", "aHVudGVyMiE= decodes to a word"],
  ["key password is readable in Git", "key password is readable in Git"],
])("a policy that says %j is quoted as %j", (message, expected) => {
  const { violations, problems } = withoutSecrets(saying(message, { shown: [message], n: 1234 }), question(value));
  expect(violations[0]).toMatchObject({ message: expected, metadata: { shown: [expected], n: "***" } });
  expect(problems[0]?.message).toBe(expected);
});

test.each([
  ['key "chap.username" of Secret "storage-secret"', 'key "chap.username" of Secret "storage-secret"'],
  ['key "password" of Secret "storage-secret"', 'key "password" of Secret "storage-secret"'],
  ["the user is username, at storage", "the user is ***, at ***"],
  ["chap.username=storage-secret2", "chap.username=***"],
  ["storagesecret2", "***"],
])("what stands within a name is open: %j is quoted as %j", (message, expected) => {
  const asked = question({
    stringData: { "chap.username": "username", password: "password", host: "storage", token: "storage-secret2" },
    data: { overlapping: "gesecret2" },
  });
  const named = {
    ...asked,
    manifest: { ...asked.manifest, identity: { group: "", kind: "Secret", name: "storage-secret" } },
  };
  expect(withoutSecrets(saying(message), named).violations[0]?.message).toBe(expected);
});

test("the values a Secret had before are masked too", () => {
  const asked = { ...question(value), oldObject: { stringData: { password: "letmein" } } };
  expect(withoutSecrets(saying("from letmein to hunter2"), asked).violations[0]?.message).toBe("from *** to ***");
});

test.each([
  ["ConfigMap", ""],
  ["Secret", "example.com"],
])("a %s of group %j is none of Kubernetes' Secrets and is quoted as it is", (kind, group) => {
  const judgement = saying("the password is hunter2");
  expect(withoutSecrets(judgement, question(value, kind, group))).toBe(judgement);
});
