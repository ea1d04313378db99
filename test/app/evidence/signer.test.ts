import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openEnvelope, readPublicKey } from "../../../src/app/evidence/dsse.ts";
import { readEvidenceSettings, signerOf } from "../../../src/app/evidence/evidence-settings.ts";
import { envelopesIn, textWithEvidence } from "../../../src/app/evidence/evidence-text.ts";
import { commandSigner, keySigner, SignerFailed } from "../../../src/app/evidence/signer.ts";
import { statementOf } from "../../../src/app/evidence/statement.ts";
import { closeSubject } from "../../../src/app/jobs/close.ts";
import { EVIDENCE_FIELD } from "../../../src/model/evidence.ts";
import { directoryWith } from "../../cli/run-portcullis.ts";
import { fakeServices, leasedWork, pullRequest, storedRepository } from "../../support/fakes/app.ts";
import { askedOf } from "../../support/fakes/fake.ts";

const cwd = directoryWith({});

function pair(kind: "ed25519" | "p256" | "rsa"): { readonly secret: string; readonly shown: string } {
  const made =
    kind === "ed25519"
      ? generateKeyPairSync("ed25519")
      : kind === "p256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    secret: made.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    shown: made.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

const key = pair("ed25519");

/** A command that signs what it reads with a key, or does what `body` says. */
function command(body: string, name: string): string {
  const path = join(cwd, `${name}.mjs`);
  writeFileSync(path, body);
  return `${process.execPath} ${path}`;
}

const signing = (secret: string): string =>
  `import { readFileSync } from "node:fs"; import { sign } from "node:crypto";
   process.stdout.write(sign(null, readFileSync(0), ${JSON.stringify(secret)}).toString("base64") + "\\n");`;

test.each(["ed25519", "p256"] as const)("what a key of %s signs is opened with its public key only", async (kind) => {
  const { secret, shown } = pair(kind);
  const envelope = await keySigner(secret).seal('{"a":"ü"}');
  expect(openEnvelope(envelope, [readPublicKey(key.shown), readPublicKey(shown)])).toEqual({
    payload: Buffer.from('{"a":"ü"}'),
    key: envelope.signatures[0]!.keyid,
  });
  expect(openEnvelope(envelope, [readPublicKey(key.shown)])).toBeUndefined();
});

test("a key of another kind is refused", () => {
  expect(() => keySigner(pair("rsa").secret)).toThrow(/expected a key of Ed25519/);
});

test("a command signs, without seeing the server's own secrets", async () => {
  process.env["WEBHOOK_SECRET"] = "0123456789abcdef";
  try {
    const watching = `${signing(key.secret)} if (process.env.WEBHOOK_SECRET) process.exit(9);`;
    const envelope = await commandSigner(command(watching, "good"), key.shown).seal("{}");
    expect(openEnvelope(envelope, [readPublicKey(key.shown)])?.payload.toString()).toBe("{}");
  } finally {
    delete process.env["WEBHOOK_SECRET"];
  }
});

test.each<[string, string, RegExp]>([
  ["fails", 'process.stderr.write("no token\\n"); process.exit(3)', /ended with exit code 3: no token/],
  ["prints something else", 'process.stdout.write("{error}")', /did not print a signature in base64/],
  ["signs with another key", signing(pair("ed25519").secret), /not that of the public key/],
])("a command that %s gives no evidence, and the work is tried again", async (name, body, message) => {
  const signer = commandSigner(command(body, name.replaceAll(" ", "-")), key.shown);
  await expect(signer.seal("{}")).rejects.toThrow(message);
  const pull = pullRequest({ open: false, merged: true, mergeCommit: "merged" });
  const { services, github, calls } = fakeServices({
    evidence: { signer, verifier: { id: "https://gate.example", version: "1" } },
    store: {
      findRuns: async () => [],
      findRepository: async () => storedRepository(),
      listOverrides: async () => [],
    },
    github: { readTreeId: async () => "tree" },
  });
  expect(await closeSubject(services, github, leasedWork(), { pull })).toMatchObject({
    kind: "unavailable",
    scope: "work",
    message: expect.stringMatching(message),
  });
  expect(askedOf(calls, "saveEvidence")).toEqual([]);
});

test("a command that does not exist gives no evidence", async () => {
  await expect(commandSigner(join(cwd, "nowhere"), key.shown).seal("{}")).rejects.toThrow(SignerFailed);
});

test.each([
  ["a repository that is not enrolled", { enrolled: false }, "main"],
  ["a branch that is not gated", {}, "feature"],
])("nothing is signed for %s", async (_, stored, baseRef) => {
  const { services, github, calls } = fakeServices({
    evidence: { signer: keySigner(key.secret), verifier: { id: "https://gate.example", version: "1" } },
    store: { findRuns: async () => [], findRepository: async () => storedRepository(stored) },
  });
  const pull = pullRequest({ open: false, merged: true, mergeCommit: "merged", baseRef });
  expect(await closeSubject(services, github, leasedWork(), { pull })).toEqual({ kind: "closed" });
  expect(askedOf(calls, "readTreeId")).toEqual([]);
});

test("settings name a key, or a command with its public key", () => {
  writeFileSync(join(cwd, "secret.pem"), key.secret);
  writeFileSync(join(cwd, "shown.pem"), key.shown);
  const read = (environment: { readonly [name: string]: string }): unknown => {
    const reasons: string[] = [];
    const settings = readEvidenceSettings((name) => environment[name], reasons);
    return reasons.length > 0 ? reasons : settings && signerOf(settings).key;
  };
  const id = keySigner(key.secret).key;
  expect(read({})).toBeUndefined();
  expect(read({ EVIDENCE_KEY_PATH: join(cwd, "secret.pem") })).toBe(id);
  expect(read({ EVIDENCE_SIGNER: "sign it", EVIDENCE_PUBLIC_KEY_PATH: join(cwd, "shown.pem") })).toBe(id);
  expect(read({ EVIDENCE_KEY_PATH: join(cwd, "shown.pem") })).toEqual([
    expect.stringMatching(/^EVIDENCE_KEY_PATH must/),
  ]);
});

test("evidence is read back from the text of a check, and one that is too long is only named", () => {
  const envelope = { payloadType: "t", payload: "cGF5", signatures: [{ keyid: "k", sig: "cw==" }] };
  const text = textWithEvidence("before", "c1", envelope, "PASSED")!;
  expect(text).toMatch(/^before\n\nEvidence about the merged commit `c1`: PASSED/);
  expect(envelopesIn(text)).toEqual([envelope]);
  expect(textWithEvidence(text, "c1", envelope, "PASSED")).toBeUndefined();
  const long = textWithEvidence("before", "c1", { ...envelope, payload: "A".repeat(70_000) }, "PASSED")!;
  expect(long).toMatch(/too long to be shown here/);
  expect(envelopesIn(long)).toEqual([]);
});

test.each([
  ["enforce", "pass", "success", "PASSED", "PORTCULLIS_PASSED"],
  ["enforce", "warn", "success", "PASSED", "PORTCULLIS_PASSED"],
  ["enforce", "fail", "success", "PASSED", "PORTCULLIS_OVERRIDDEN"],
  ["report", "warn", "success", "PASSED", "PORTCULLIS_REPORT_ONLY"],
  ["enforce", "pass", "failure", "FAILED", "FAILED"],
] as const)("rules that %s, verdict %s, check %s: %s, %s", (mode, verdict, conclusion, result, level) => {
  const row = (kind: "verdict" | "override", body: object) => ({
    sequence: 1,
    time: "2027-01-15T10:00:00.000Z",
    kind,
    subject: "pull/3",
    body: JSON.stringify(body),
    previous: "0",
    hash: "1",
  });
  const judged = {
    check: "portcullis",
    conclusion,
    head: "h",
    base: "b",
    into: "main",
    policies: "p1",
    run: 1,
    job: "j",
  };
  const granted = { state: "granted", head: "h", base: "b", by: "ann", reason: "an incident" };
  const { predicate } = statementOf(
    { repositoryUrl: "https://github.example/acme/shop", commit: "c", tree: "t", branch: "main", pull: 3 },
    {
      verdict: row("verdict", { ...judged, mode, verdict }),
      overrides: [row("override", granted), row("override", { ...granted, head: "older" })],
    },
    { id: "https://gate.example", version: "1", now: "" },
  );
  expect(predicate).toMatchObject({ verificationResult: result, verifiedLevels: [level] });
  expect(predicate[EVIDENCE_FIELD].overrides).toEqual([{ by: "ann", reason: "an incident" }]);
});
