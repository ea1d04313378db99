import { createHash, createPublicKey, verify, type KeyObject, type SigningOptions } from "node:crypto";
import { constants } from "node:crypto";
import type { Tree } from "../../model/tree.ts";

const FILE = ".signatures.json";

/**
 * Why a bundle is not signed by a key; undefined where it is. The signature is OPA's: a JSON Web Token that lists the digest
 * of every file (openpolicyagent.org, "Bundles, Signing").
 */
export async function bundleSignatureProblem(tree: Tree, key: string): Promise<string | undefined> {
  const paths = (await tree.list()).flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
  if (!paths.includes(FILE)) return `is not signed: it has no ${FILE}, and signatures: asks for one`;
  const tokens = tokensOf(await tree.read(FILE));
  return tokens === undefined ? `${FILE}: expected {"signatures": [TOKEN]}` : problemByKey(tree, paths, tokens, key);
}

function tokensOf(bytes: Uint8Array): readonly string[] | undefined {
  const value = parsed(bytes);
  const list = isRecord(value) ? value["signatures"] : undefined;
  return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === "string") ? list : undefined;
}

async function problemByKey(
  tree: Tree,
  paths: readonly string[],
  tokens: readonly string[],
  pem: string,
): Promise<string | undefined> {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (error) {
    return `the key that signatures: names cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const payloads = tokens.map((token) => verified(token, key));
  const payload = payloads.find((one) => one.kind === "payload");
  if (payload === undefined) return payloads[0]?.kind === "refused" ? payloads[0].message : "has no signature";
  return differingFile(tree, paths, payload.files);
}

type Verified =
  | {
      readonly kind: "payload";
      readonly files: ReadonlyMap<string, { readonly hash: string; readonly algorithm: string }>;
    }
  | { readonly kind: "refused"; readonly message: string };

const algorithms: {
  readonly [name: string]: { readonly hash: string; readonly type: "rsa" | "ec"; readonly more: SigningOptions };
} = {
  RS256: { hash: "sha256", type: "rsa", more: {} },
  RS384: { hash: "sha384", type: "rsa", more: {} },
  RS512: { hash: "sha512", type: "rsa", more: {} },
  PS256: { hash: "sha256", type: "rsa", more: { padding: constants.RSA_PKCS1_PSS_PADDING } },
  PS384: { hash: "sha384", type: "rsa", more: { padding: constants.RSA_PKCS1_PSS_PADDING } },
  PS512: { hash: "sha512", type: "rsa", more: { padding: constants.RSA_PKCS1_PSS_PADDING } },
  ES256: { hash: "sha256", type: "ec", more: { dsaEncoding: "ieee-p1363" } },
  ES384: { hash: "sha384", type: "ec", more: { dsaEncoding: "ieee-p1363" } },
  ES512: { hash: "sha512", type: "ec", more: { dsaEncoding: "ieee-p1363" } },
};

function verified(token: string, key: KeyObject): Verified {
  const [head = "", body = "", signature = "", ...more] = token.split(".");
  const header = parsed(Buffer.from(head, "base64url"));
  const name = isRecord(header) ? header["alg"] : undefined;
  const algorithm = typeof name === "string" && Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
  // A secret that both sides share would be readable here, so that those algorithms prove nothing.
  if (algorithm === undefined || more.length > 0)
    return { kind: "refused", message: `${FILE}: expected a signature by ${Object.keys(algorithms).join(", ")}` };
  const isOfKey = algorithm.type === key.asymmetricKeyType;
  const isRight =
    isOfKey &&
    verify(
      algorithm.hash,
      Buffer.from(`${head}.${body}`),
      { key, ...algorithm.more },
      Buffer.from(signature, "base64url"),
    );
  if (!isRight) return { kind: "refused", message: "is not signed by the key that signatures: names" };
  const payload = parsed(Buffer.from(body, "base64url"));
  const files = isRecord(payload) ? payload["files"] : undefined;
  if (!Array.isArray(files)) return { kind: "refused", message: `${FILE}: its signature lists no files` };
  const digests = new Map<string, { readonly hash: string; readonly algorithm: string }>();
  for (const file of files as readonly unknown[]) {
    if (!isRecord(file)) continue;
    const { name: path, hash, algorithm: by = "SHA-256" } = file;
    if (typeof path === "string" && typeof hash === "string" && typeof by === "string")
      digests.set(path.replace(/^\//, ""), { hash, algorithm: by });
  }
  return { kind: "payload", files: digests };
}

const hashes: { readonly [name: string]: string } = {
  "SHA-224": "sha224",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
  "SHA-512-224": "sha512-224",
  "SHA-512-256": "sha512-256",
};

async function differingFile(
  tree: Tree,
  paths: readonly string[],
  files: ReadonlyMap<string, { readonly hash: string; readonly algorithm: string }>,
): Promise<string | undefined> {
  const present = paths.filter((path) => path !== FILE);
  const unsigned = present.find((path) => !files.has(path));
  if (unsigned !== undefined) return `${unsigned} is not among the files that were signed`;
  const missing = [...files.keys()].find((path) => !present.includes(path));
  if (missing !== undefined) return `${missing} was signed and is missing`;
  for (const [path, { hash, algorithm }] of files) {
    const by = hashes[algorithm];
    if (by === undefined)
      return `${path} was signed by ${algorithm}; expected one of ${Object.keys(hashes).join(", ")}`;
    if (digestOf(path, await tree.read(path), by) !== hash.toLowerCase()) return `${path} is not what was signed`;
  }
  return undefined;
}

/** OPA hashes the value of a JSON or YAML document, and the bytes of everything else. */
function digestOf(path: string, bytes: Uint8Array, by: string): string {
  const hash = createHash(by);
  const isDocument = /\.json$|(?:^|\/)\.manifest$/.test(path);
  const value = isDocument ? parsed(bytes) : undefined;
  if (value === undefined) hash.update(bytes);
  else walk(value, (text) => void hash.update(text));
  return hash.digest("hex");
}

function walk(value: unknown, write: (text: string) => void): void {
  if (Array.isArray(value)) {
    write("[");
    for (const [at, item] of value.entries()) {
      if (at > 0) write(",");
      walk(item, write);
    }
    write("]");
  } else if (isRecord(value)) {
    write("{");
    const keys = Object.keys(value).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const [at, key] of keys.entries()) {
      if (at > 0) write(",");
      write(`${goText(key)}:`);
      walk(value[key], write);
    }
    write("}");
  } else write(typeof value === "string" ? goText(value) : JSON.stringify(value));
}

/** As Go writes a string in JSON without escaping HTML. */
function goText(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
