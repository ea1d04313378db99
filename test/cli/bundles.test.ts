import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { tgz } from "../support/remote-servers/archives.ts";
import { startOciRegistry, type OciRegistry } from "../support/remote-servers/oci-registry.ts";
import { startLoopback, type Loopback } from "../support/remote-servers/loopback.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

const POD = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: "evil.example.org/web:1" }] }
`;
const V0 = `package main

deny[msg] {
	container := input.spec.containers[_]
	not startswith(container.image, data.images.registry)
	msg := sprintf("%s is from elsewhere", [container.image])
}
`;
const files = {
  "/.manifest": '{"revision": "7", "roots": ["main", "images"], "rego_version": 0}',
  "/main/images.rego": V0,
  "/images/data.json": '{"registry": "registry.example.com/"}',
} as const;
type Files = { readonly [path: string]: string };

const bundle = (of: Files): Buffer =>
  tgz(Object.entries(of).map(([path, content]) => ({ path: path.replace(/^\//, ""), content })));

function withBundle(of: Files, more: Files = {}): string {
  const directory = directoryWith({ "pod.yaml": POD, ...more });
  writeFileSync(join(directory, "policies.tar.gz"), bundle(of));
  return directory;
}

const check = (directory: string, ...args: readonly string[]): Promise<Ran> =>
  portcullis(directory, ["check", "--no-schemas", ...args, "pod.yaml"]);

test("a bundle has its own Rego version and its data below their directories", async () => {
  const { code, out } = await check(withBundle(files), "-p", "policies.tar.gz");
  expect(out).toContain("deny[main]: evil.example.org/web:1 is from elsewhere\n --> pod.yaml:4");
  expect(code).toBe(1);
});

test("portcullis.yaml may name a bundle", async () => {
  const directory = withBundle(files, { "portcullis.yaml": "version: 1\npolicies: [./policies.tar.gz]\n" });
  expect((await check(directory)).out).toContain("evil.example.org/web:1 is from elsewhere");
});

test("versions by file go before that of the bundle", async () => {
  const v1 = `package other\n\nimport data.images\n\nwarn contains "seen" if images.registry\n`;
  const manifest =
    '{"roots": ["main", "images", "other"], "rego_version": 1, "file_rego_versions": {"/main/*.rego": 0}}';
  const { out } = await check(
    withBundle({ ...files, "/.manifest": manifest, "/other/a.rego": v1 }),
    "-p",
    "policies.tar.gz",
    "--all-namespaces",
  );
  expect(out).toContain("deny[main]: evil");
  expect(out).toContain("warn[other]: seen");
});

test.each<[string, Files, RegExp]>([
  [
    "a package outside of its roots",
    { ...files, "/.manifest": '{"roots": ["images"], "rego_version": 0}' },
    /package main is outside of the bundle's roots \(images\)/,
  ],
  [
    "data outside of its roots",
    { ...files, "/other/data.json": "{}" },
    /other\/data\.json is outside of the bundle's roots/,
  ],
  ["another version", { ...files, "/.manifest": '{"rego_version": 7}' }, /\.manifest rego_version: expected 0 or 1/],
  ["a manifest that is no JSON", { ...files, "/.manifest": "{" }, /\.manifest is no JSON/],
  ["compiled policies alone", { "/policy.wasm": "x" }, /policy\.wasm contains only policies that are compiled already/],
  ["no policy", { "/README.md": "x" }, /contains no Rego/],
  ["a path that leads out", { "../x.rego": V0 }, /\.\.\/x\.rego/],
])("a bundle with %s is a problem", async (_, of, message) => {
  const { code, out } = await check(withBundle(of), "-p", "policies.tar.gz");
  expect(out).toMatch(message);
  expect(out).toMatch(/problem\[config\]/);
  expect(code).toBe(2);
});

const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A bundle signed as `opa sign` does; its documents here have one key each, so that their canonical text is short. */
function signed(of: Files, key: KeyObject, alg = "ES256"): Files {
  const canonical = (path: string, text: string): string =>
    /\.json$|\.manifest$/.test(path) ? JSON.stringify(sorted(JSON.parse(text))) : text;
  const listed = Object.entries(of).map(([path, text]) => ({
    name: path.replace(/^\//, ""),
    hash: sha256(canonical(path, text)),
    algorithm: "SHA-256",
  }));
  const content = `${encoded({ alg })}.${encoded({ files: listed, iss: "acme" })}`;
  const signature = sign("sha256", Buffer.from(content), alg === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key);
  return {
    ...of,
    "/.signatures.json": JSON.stringify({ signatures: [`${content}.${signature.toString("base64url")}`] }),
  };
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, of]) => [key, sorted(of)]),
  );
}

const pem = (key: KeyObject): string =>
  key.export({ type: "spki", format: "pem" }).toString().trim().replaceAll("\n", "\n      ");
const asking = (key: KeyObject): Files => ({
  "portcullis.yaml": `version: 1\npolicies: [policies.tar.gz]\nsignatures:\n  - policies: "*.tar.gz"\n    key: |\n      ${pem(key)}\n`,
});

test.each<[string, Files, KeyObject]>([
  ["an ECDSA key", signed(files, keys.privateKey), keys.publicKey],
  ["an RSA key", signed(files, rsa.privateKey, "RS256"), rsa.publicKey],
])("a bundle that is signed by %s judges", async (_, of, key) => {
  const { code, out } = await check(withBundle(of, asking(key)));
  expect(out).toContain("evil.example.org/web:1 is from elsewhere");
  expect(code).toBe(1);
});

test.each<[string, Files, RegExp]>([
  ["is not signed", files, /is not signed: it has no \.signatures\.json/],
  ["is signed by another key", signed(files, rsa.privateKey, "RS256"), /is not signed by the key/],
  [
    "has a changed file",
    { ...signed(files, keys.privateKey), "/main/images.rego": "package main\n" },
    /main\/images\.rego is not what was signed/,
  ],
  [
    "has a file more",
    { ...signed(files, keys.privateKey), "/main/x.rego": "package main\n" },
    /main\/x\.rego is not among the files/,
  ],
  [
    "lacks a file",
    Object.fromEntries(Object.entries(signed(files, keys.privateKey)).filter(([path]) => path !== "/images/data.json")),
    /images\/data\.json was signed and is missing/,
  ],
  [
    "is signed by a shared secret",
    { ...files, "/.signatures.json": `{"signatures": ["${encoded({ alg: "HS256" })}.${encoded({ files: [] })}.x"]}` },
    /expected a signature by RS256/,
  ],
  [
    "is signed by nothing",
    { ...files, "/.signatures.json": `{"signatures": ["${encoded({ alg: "none" })}.${encoded({ files: [] })}."]}` },
    /expected a signature by RS256/,
  ],
])("a bundle that must be signed and %s is a problem", async (_, of, message) => {
  const { code, out } = await check(withBundle(of, asking(keys.publicKey)));
  expect(out).toMatch(message);
  expect(code).toBe(2);
});

let registry: OciRegistry;
let host: Loopback;
let served = bundle(files);
beforeAll(async () => {
  registry = await startOciRegistry();
  host = await startLoopback((_, response) => void response.end(served));
});
afterAll(() => Promise.all([registry.close(), host.close()]));

const layer = (of: Files) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", content: bundle(of) });
const oci = (): string => `${registry.origin.replace(/^http/, "oci+http")}/acme/policies`;

function configured(policies: string): string {
  return directoryWith({
    "pod.yaml": POD,
    "portcullis.yaml": `version: 1\npolicies:\n  # The organisation's.\n  - "${policies}"\nremotes: { allow: ["${oci()}", "${host.origin}/**"] }\n`,
  });
}

test("policies come from a registry by their digest, and update renews it", async () => {
  const digest = registry.push("acme/policies", "1", [layer(files)]);
  const directory = configured(`${oci()}:1@${digest}`);
  const { code, out, err } = await check(directory);
  expect({ code, err }).toEqual({ code: 1, err: "" });
  expect(out).toContain("evil.example.org/web:1 is from elsewhere");

  const looser = { ...files, "/images/data.json": '{"registry": "evil.example.org/"}' };
  const next = registry.push("acme/policies", "1", [layer(looser)]);
  // The tag moved, the digest did not.
  expect((await check(directory)).code).toBe(1);
  expect((await portcullis(directory, ["update", "--check"])).code).toBe(1);
  const updated = await portcullis(directory, ["update"]);
  expect(updated).toMatchObject({ code: 0, out: `updated   ${oci()}:1@${next}\n` });
  expect(readFileSync(join(directory, "portcullis.yaml"), "utf8")).toContain(
    `  # The organisation's.\n  - "${oci()}:1@${next}"\n`,
  );
  expect((await check(directory)).code).toBe(0);
});

test("an archive at a URL must have its digest", async () => {
  const digest = `sha256:${createHash("sha256").update(served).digest("hex")}`;
  const directory = configured(`${host.origin}/bundle.tar.gz@${digest}`);
  expect((await check(directory)).code).toBe(1);
  served = bundle({ ...files, "/images/data.json": '{"registry": "evil.example.org/"}' });
  const other = configured(`${host.origin}/bundle.tar.gz@sha256:${"0".repeat(64)}`);
  const { code, out } = await check(other);
  expect(out).toMatch(/problem\[config\]: .*is not what its digest says: it has sha256:/);
  expect(out).toContain("--> portcullis.yaml:4:");
  expect(code).toBe(2);
});

test.each([
  ["without a digest", () => oci(), /does not say which content it is/],
  ["that the registry does not have", () => `${oci()}@sha256:${"1".repeat(64)}`, /problem\[config\]/],
])("policies %s are a problem at their line", async (_, reference, message) => {
  const { code, out } = await check(configured(reference()));
  expect(out).toMatch(message);
  expect(out).toContain("--> portcullis.yaml:4:");
  expect(code).toBe(2);
});

test("where the server is silent, nothing is judged", async () => {
  const { code, err } = await check(
    directoryWith({
      "pod.yaml": POD,
      "portcullis.yaml": `version: 1\npolicies: ["oci+http://127.0.0.1:1/acme/policies@sha256:${"2".repeat(64)}"]\nremotes: { allow: ["oci+http://127.0.0.1:1/**"] }\n`,
    }),
  );
  expect(err).toMatch(/error: oci\+http:\/\/127\.0\.0\.1:1\/acme\/policies/);
  expect(code).toBe(2);
}, 60_000);
