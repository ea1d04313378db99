import { execFileSync, spawnSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startApp, type TestApp } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import type { PullRequest, Repository } from "../support/github/state.ts";
import { directoryWith, portcullis, type Ran } from "../cli/run-portcullis.ts";

const cwd = directoryWith({});
const pem = (): { readonly secret: string; readonly shown: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    secret: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    shown: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
};
const [key, otherKey] = [pem(), pem()];
writeFileSync(join(cwd, "key.pem"), key.shown);
writeFileSync(join(cwd, "other.pem"), otherKey.shown);

let github: SimulatedGitHub;
let app: TestApp;
let repository: Repository;
let pull: PullRequest;
let commit: string;
let evidence: string;

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return portcullis(cwd, args, {
    GITHUB_TOKEN: github.tokenOf(repository.owner),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: `${repository.owner.login}/${repository.name}`,
    PORTCULLIS_APP_ID: String(github.appId),
    ...environment,
  });
}

async function evidenceAbout(sha: string): Promise<string> {
  const { code, out, err } = await run(["evidence", "--commit", sha]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out;
}

/** Without a network and without a token. */
function verified(text: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  writeFileSync(join(cwd, "evidence.json"), text);
  const offline = { GITHUB_TOKEN: "", GITHUB_API_URL: "http://127.0.0.1:1", ...environment };
  return run(["verify", "--evidence", "evidence.json", ...args], offline);
}

async function proposed(image: string, name: string): Promise<PullRequest> {
  const made = await github.proposeFiles(repository, { [`apps/${name}.yaml`]: deployment(image, name) });
  await app.concluded(made);
  return made;
}

async function merged(proposal: PullRequest, method: "merge" | "squash"): Promise<string> {
  const outcome = await github.merge(proposal, method);
  if (outcome.kind !== "merged") throw new Error("not merged");
  await app.idle();
  return outcome.sha;
}

beforeAll(async () => {
  github = await startGitHub();
  app = await startApp(github, { settings: { evidence: { kind: "key", pem: key.secret } } });
  repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") } });
  pull = await proposed("nginx:1.28", "shop");
  commit = await merged(pull, "squash");
  evidence = await evidenceAbout(commit);
});
afterAll(async () => {
  await app.stop();
  await github.close();
});

interface Read {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** What is signed, by the specification of DSSE and without our code. */
function preAuthentication({ payloadType, payload }: Read): Buffer {
  const body = Buffer.from(payload, "base64");
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
}

test("a commit that was judged and merged passes, and nobody is asked", async () => {
  const passed = await verified(evidence, ["--key", "key.pem", "--commit", commit, "--branch", "main"]);
  expect(passed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/: judged and passed \(pass\) at 20.*, rules [0-9a-f]{12}, /),
  });
});

test("it is printed as a bundle of Sigstore as well", async () => {
  const { out } = await run(["evidence", "--commit", commit, "-o", "bundle"]);
  const envelope = JSON.parse(evidence) as Read;
  expect(JSON.parse(out)).toEqual({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: envelope.signatures[0]!.keyid } },
    dsseEnvelope: envelope,
  });
});

test("the statement names commit, tree, rules and verdict as in-toto and SLSA say", async () => {
  const { payload, payloadType } = JSON.parse(evidence) as Read;
  expect(payloadType).toBe("application/vnd.in-toto+json");
  const statement = JSON.parse(Buffer.from(payload, "base64").toString()) as { readonly predicate: object };
  const url = `${github.url}/${repository.owner.login}/${repository.name}`;
  const tree = execFileSync("git", ["rev-parse", `${commit}^{tree}`], {
    cwd: repository.directory,
    encoding: "utf8",
  }).trim();
  expect(statement).toEqual({
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      {
        name: `${url}/commit/${commit}`,
        digest: { gitCommit: commit },
        annotations: { sourceRefs: ["refs/heads/main"] },
      },
      { name: `${url}/tree/${tree}`, digest: { gitTree: tree } },
    ],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: "https://github.com/portcullis-gate/portcullis", version: { portcullis: expect.any(String) } },
      timeVerified: expect.stringMatching(/^20.*Z$/),
      resourceUri: `git+${url}`,
      policy: { uri: `git+${url}#portcullis.yaml`, digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      verificationResult: "PASSED",
      verifiedLevels: ["PORTCULLIS_PASSED"],
      "https://github.com/portcullis-gate/portcullis/evidence/v1": expect.objectContaining({
        verdict: "pass",
        pull: pull.number,
        branch: "main",
        tree,
        head: pull.headSha,
        remotes: [],
        waivers: [],
        approvals: [],
        overrides: [],
      }),
    },
  });
});

test("the signature is right by node:crypto and by openssl, and wrong once a byte differs", () => {
  const envelope = JSON.parse(evidence) as Read;
  const [signature] = envelope.signatures;
  const bytes = preAuthentication(envelope);
  const shown = createPublicKey(key.shown);
  const sig = Buffer.from(signature!.sig, "base64");
  expect(verify(null, bytes, shown, sig)).toBe(true);
  expect(verify(null, Buffer.concat([bytes, Buffer.from(" ")]), shown, sig)).toBe(false);
  const der = shown.export({ type: "spki", format: "der" });
  expect(signature!.keyid).toBe(createHash("sha256").update(der).digest("hex"));
  writeFileSync(join(cwd, "signed.bin"), bytes);
  writeFileSync(join(cwd, "signature.bin"), sig);
  const args = [
    "pkeyutl",
    "-verify",
    "-pubin",
    "-inkey",
    "key.pem",
    "-rawin",
    "-in",
    "signed.bin",
    "-sigfile",
    "signature.bin",
  ];
  const openssl = spawnSync("openssl", args, { cwd, encoding: "utf8" });
  if (openssl.error === undefined)
    expect(openssl).toMatchObject({ status: 0, stdout: expect.stringContaining("Verified") });
  else process.stderr.write("SKIPPED: openssl is not installed\n");
});

test("the check of the merged pull request has the evidence, and keeps what it said", () => {
  const check = github.runsOf(pull).at(-1)!;
  expect(check).toMatchObject({ conclusion: "success", title: "Compliant · 2 manifests judged" });
  expect(check.summary).toContain("Judged");
  expect(check.text).toMatch(/^Audit log when this was concluded: row \d+/);
  expect(check.text).toContain(`Evidence about the merged commit \`${commit}\`: PASSED`);
  expect(github.violations).toEqual([]);
});

test.each<[string, (text: string) => string, readonly string[], NodeJS.ProcessEnv, RegExp]>([
  ["another key", (text) => text, ["--key", "other.pem"], {}, /not signed by any of the given keys/],
  [
    "another commit",
    (text) => text,
    ["--key", "key.pem", "--commit", "a".repeat(40)],
    {},
    /another commit: [0-9a-f]{40}/,
  ],
  [
    "another branch",
    (text) => text,
    ["--key", "key.pem", "--branch", "stable"],
    {},
    /another branch: refs\/heads\/main/,
  ],
  [
    "another repository",
    (text) => text,
    ["--key", "key.pem"],
    { GITHUB_REPOSITORY: "acme/other" },
    /another repository/,
  ],
  ["an edited statement", edited, ["--key", "key.pem"], {}, /not signed by any of the given keys/],
  ["another payload type", (text) => text.replace("in-toto", "out-toto"), ["--key", "key.pem"], {}, /not signed/],
  [
    "no signature",
    (text) => text.replace(/"signatures":\[.*\]/, '"signatures":[]'),
    ["--key", "key.pem"],
    {},
    /not signed/,
  ],
])("evidence with %s shows nothing", async (_, change, args, environment, why) => {
  const all = args.includes("--commit") ? args : [...args, "--commit", commit];
  const ran = await verified(change(evidence), all, environment);
  expect(ran).toMatchObject({ code: 2, out: expect.stringMatching(why) });
});

function edited(text: string): string {
  const envelope = JSON.parse(text) as Read;
  const statement = Buffer.from(envelope.payload, "base64").toString().replace('"verdict":"pass"', '"verdict":"warn"');
  return JSON.stringify({ ...envelope, payload: Buffer.from(statement).toString("base64") });
}

test("while keys are rotated, either is accepted", async () => {
  const ran = await verified(evidence, ["--key", "other.pem", "--key", "key.pem", "--commit", commit]);
  expect(ran).toMatchObject({ code: 0 });
});

test.each([
  [["--commit", "a".repeat(40)], /--key is missing/],
  [["--commit", "abc", "--key", "key.pem"], /full commit id/],
  [["--commit", "a".repeat(40), "--key", "evidence.json"], /expected a public key/],
])("bad usage is said: %j", async (args, message) => {
  expect(await verified(evidence, args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
});

test("what was merged though it failed has evidence that says so", async () => {
  const sha = await merged(await proposed("nginx:latest", "forced"), "merge");
  const ran = await verified(await evidenceAbout(sha), ["--key", "key.pem", "--commit", sha]);
  expect(ran).toMatchObject({ code: 1, out: expect.stringMatching(/judged and not passed \(fail\)/) });
});

test("what was merged onto a base that moved on was not judged, and its evidence says so", async () => {
  const late = await proposed("nginx:1.30", "late");
  await merged(await proposed("nginx:1.31", "early"), "merge");
  const sha = await merged(late, "merge");
  const ran = await verified(await evidenceAbout(sha), ["--key", "key.pem", "--commit", sha]);
  expect(ran).toMatchObject({ code: 2, out: expect.stringMatching(/exactly this tree was not judged/) });
});

test("what nobody merged by a pull request has no evidence", async () => {
  const ran = await run(["evidence", "--commit", pull.headSha]);
  expect(ran).toMatchObject({ code: 2, err: expect.stringMatching(/no check of App \d+ shows evidence/) });
});

test("what a merge queue merged has the verdict of its group", async () => {
  const queued = await github.createRepository({
    fullName: "acme/queued",
    files: { ...rules(), "apps/web.yaml": deployment("nginx:1.27") },
  });
  const checks = [{ context: "portcullis", integrationId: github.appId }];
  github.protect(queued, "main", { checks, mergeQueue: true });
  const [one, two] = [
    await github.proposeFiles(queued, { "apps/one.yaml": deployment("nginx:1.28", "one") }),
    await github.proposeFiles(queued, { "apps/two.yaml": deployment("nginx:1.29", "two") }),
  ];
  for (const each of [one, two]) await app.concluded(each);
  await github.addToMergeQueue(one);
  const group = await github.addToMergeQueue(two);
  await app.idle();
  const args = ["--commit", group!, "--repository", "acme/queued"];
  const { out } = await run(["evidence", ...args]);
  expect(await verified(out, ["--key", "key.pem", ...args])).toMatchObject({ code: 0 });
});
