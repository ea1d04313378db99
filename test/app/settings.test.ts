import { describe, expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { redact } from "../../src/app/log.ts";
import { readSettings } from "../../src/app/settings.ts";

const KEY = String(
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" }),
).trim();
const GOOD = { APP_ID: "12", PRIVATE_KEY: KEY, WEBHOOK_SECRET: "0123456789abcdef" };

describe("settings", () => {
  test("have defaults for all but the App's credentials", () => {
    expect(readSettings(GOOD)).toMatchObject({
      kind: "settings",
      settings: {
        appId: 12,
        privateKey: KEY,
        webhookSecrets: ["0123456789abcdef"],
        apiUrl: "https://api.github.com",
        host: "0.0.0.0",
        port: 3000,
        judgeDeadline: 600,
        logLevel: "info",
      },
    });
  });

  test("take a key whose line breaks are written out, two secrets, and another host", () => {
    expect(
      readSettings({
        ...GOOD,
        PRIVATE_KEY: KEY.replaceAll("\n", "\\n"),
        WEBHOOK_SECRET: "0123456789abcdef, fedcba9876543210",
        GITHUB_API_URL: "https://github.example/api/v3/",
        PUBLIC_URL: "https://gate.example/prefix/",
      }),
    ).toMatchObject({
      settings: {
        privateKey: KEY,
        webhookSecrets: ["0123456789abcdef", "fedcba9876543210"],
        apiUrl: "https://github.example/api/v3",
        publicUrl: "https://gate.example/prefix",
      },
    });
  });

  test.each<[string, { [name: string]: string | undefined }, RegExp]>([
    ["no number of the App", { APP_ID: undefined }, /^APP_ID is not set/],
    ["a number of the App that is none", { APP_ID: "abc" }, /^APP_ID must be/],
    ["no key", { PRIVATE_KEY: undefined }, /^PRIVATE_KEY or PRIVATE_KEY_PATH is not set/],
    ["a key that is none", { PRIVATE_KEY: "secret text" }, /^PRIVATE_KEY does not contain/],
    [
      "a key that is cut off",
      { PRIVATE_KEY: `${KEY.slice(0, 300)}\n-----END RSA PRIVATE KEY-----` },
      /^PRIVATE_KEY does not contain/,
    ],
    ["a key file that is not there", { PRIVATE_KEY: "", PRIVATE_KEY_PATH: "/nowhere" }, /^PRIVATE_KEY_PATH names/],
    ["a key for evidence that is not there", { EVIDENCE_KEY_PATH: "/nowhere" }, /^EVIDENCE_KEY_PATH must name a file/],
    [
      "two signers",
      { EVIDENCE_KEY_PATH: "/nowhere", EVIDENCE_SIGNER: "sign" },
      /^EVIDENCE_KEY_PATH and EVIDENCE_SIGNER are both set/,
    ],
    ["a signer without its public key", { EVIDENCE_SIGNER: "sign" }, /^EVIDENCE_PUBLIC_KEY_PATH is not set/],
    ["no secret", { WEBHOOK_SECRET: undefined }, /^WEBHOOK_SECRET is not set/],
    ["a short secret", { WEBHOOK_SECRET: "development" }, /^WEBHOOK_SECRET is shorter/],
    ["a short second secret", { WEBHOOK_SECRET: "0123456789abcdef,short" }, /^WEBHOOK_SECRET is shorter/],
    ["three secrets", { WEBHOOK_SECRET: "0123456789abcdef,0123456789abcdeg,0123456789abcdeh" }, /more than two/],
    ["a host that is none", { GITHUB_API_URL: "github" }, /^GITHUB_API_URL must be/],
    ["a public address without TLS", { PUBLIC_URL: "http://gate.example" }, /^PUBLIC_URL must be/],
    ["a public address with a query", { PUBLIC_URL: "https://gate.example/?a=b" }, /^PUBLIC_URL must be/],
    ["a public address with a password", { PUBLIC_URL: "https://a:secret@gate.example" }, /^PUBLIC_URL must be/],
    ["a public address that is none", { PUBLIC_URL: "gate.example" }, /^PUBLIC_URL must be/],
    ["another kind of database", { DATABASE_URL: "mysql://x" }, /^DATABASE_URL must/],
    ["a port out of range", { PORT: "70000" }, /^PORT must be/],
    ["a deadline that is none", { JUDGE_DEADLINE: "soon" }, /^JUDGE_DEADLINE must be/],
    ["a level that is none", { LOG_LEVEL: "loud" }, /^LOG_LEVEL must be/],
  ])("with %s are refused, and the reason holds no value", (_name, change, reason) => {
    const reading = readSettings({ ...GOOD, ...change });
    expect(reading.kind).toBe("refused");
    if (reading.kind !== "refused") return;
    expect(reading.reasons).toHaveLength(1);
    expect(reading.reasons[0]).toMatch(reason);
    for (const value of Object.values({ ...GOOD, ...change })) {
      if (value !== undefined && value.length > 12) expect(reading.reasons[0]).not.toContain(value);
    }
  });
});

test.each([
  ["an installation token", "remote: ghs_16C7e42F292c6912E7710c838347Ae178B4a denied", "remote: [redacted] denied"],
  ["a new installation token", "x ghs_123_eyJhbGciOi.eyJpc3Mi-x.c2ln_x y", "x [redacted] y"],
  ["an App's own token", "Bearer eyJhbGciOi.eyJpc3MiOiI.c2lnbmF0dXJl", "Bearer [redacted]"],
  ["basic authorization", "Authorization: Basic eC1hY2Nlc3MtdG9rZW46Z2hz", "Authorization: Basic [redacted]"],
  ["a private key", `key ${KEY.trim()} end`, "key [redacted] end"],
  ["a private key in JSON", JSON.stringify({ k: KEY.trim() }), '{"k":"[redacted]"}'],
  ["a secret by name", "the secret is hunter2hunter2hunter2", "the secret is [redacted]"],
])("the log never shows %s", (_name, text, shown) => {
  expect(redact(text, ["hunter2hunter2hunter2"])).toBe(shown);
});
