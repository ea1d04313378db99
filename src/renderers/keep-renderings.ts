import { createHash, type Hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Renderer, RenderOutcome } from "../model/renderer.ts";
import { pruneDirectory } from "../wasm/prune.ts";
import { writeAtomically } from "../wasm/write-atomically.ts";

/** Raised when the meaning of an answer changes without a module changing. */
const format = 2;
const entries = 4096;
const digestLength = 32;

/**
 * A renderer that keeps what it rendered below a directory, so that another process finds it. What a limit ended is
 * asked again. Safe with several processes; a damaged entry is rendered anew, and one that cannot be written only costs
 * time.
 */
export function keepingRenderings(renderer: Renderer, directory: string): Renderer {
  const below = join(directory, "rendered");
  let written = 0;
  const keep = async <Answer>(
    operation: string,
    request: object,
    render: () => Promise<RenderOutcome<Answer>>,
  ): Promise<RenderOutcome<Answer>> => {
    const key = keyOf(renderer.digest, operation, request);
    const path = join(below, `${key}.json`);
    const bytes = await readFile(path).catch(() => undefined);
    const known = bytes === undefined ? undefined : decode<Answer>(key, bytes);
    if (known !== undefined) return known;
    const outcome = await render();
    const entry = outcome.kind === "rendered" || outcome.kind === "failed" ? encode(key, outcome) : undefined;
    if (entry === undefined) return outcome;
    await writeAtomically(path, entry).catch(() => undefined);
    written += 1;
    if (written % 256 === 1) await pruneDirectory(below, entries);
    return outcome;
  };
  return {
    digest: renderer.digest,
    ...(renderer.sideBySide === undefined ? {} : { sideBySide: renderer.sideBySide }),
    kustomize: (request) => keep("kustomize", request, () => renderer.kustomize(request)),
    helm: (request) => keep("helm", request, () => renderer.helm(request)),
    substitute: (request) => keep("substitute", request, () => renderer.substitute(request)),
    goTemplate: (request) => keep("goTemplate", request, () => renderer.goTemplate(request)),
    resourceSet: (request) => keep("resourceSet", request, () => renderer.resourceSet(request)),
    jsonnet: (request) => keep("jsonnet", request, () => renderer.jsonnet(request)),
    close: () => renderer.close(),
  };
}

function keyOf(digest: string, operation: string, request: object): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([format, digest, operation]));
  feed(hash, request);
  return hash.digest("hex");
}

/** Every part with its kind and length, so that no two requests are fed alike. */
function feed(hash: Hash, value: unknown): void {
  if (value instanceof Uint8Array) hash.update(`b${value.length}:`).update(value);
  else if (value instanceof Map) {
    hash.update(`m${value.size}:`);
    const items = [...(value as ReadonlyMap<string, unknown>)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    for (const [key, item] of items) feedPair(hash, key, item);
  } else if (Array.isArray(value)) {
    hash.update(`a${value.length}:`);
    for (const item of value as readonly unknown[]) feed(hash, item);
  } else if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).filter(([, item]) => item !== undefined);
    hash.update(`o${items.length}:`);
    for (const [key, item] of items) feedPair(hash, key, item);
  } else {
    const text = typeof value === "string" ? value : String(value);
    hash.update(`${typeof value}${Buffer.byteLength(text)}:${text}`);
  }
}

function feedPair(hash: Hash, key: string, item: unknown): void {
  hash.update(`${Buffer.byteLength(key)}:${key}`);
  feed(hash, item);
}

/** The digest covers the key too, so that an entry under another's name is as good as a damaged one. */
function digestOf(key: string, body: Uint8Array): Buffer {
  return createHash("sha256").update(key).update(body).digest();
}

/** Undefined for what JSON cannot hold: integers beyond a double. */
function encode(key: string, outcome: object): Uint8Array | undefined {
  try {
    const body = Buffer.from(JSON.stringify(outcome));
    return Buffer.concat([digestOf(key, body), body]);
  } catch {
    return undefined;
  }
}

function decode<Answer>(key: string, bytes: Buffer): RenderOutcome<Answer> | undefined {
  const body = bytes.subarray(digestLength);
  if (!digestOf(key, body).equals(bytes.subarray(0, digestLength))) return undefined;
  return JSON.parse(body.toString("utf8")) as RenderOutcome<Answer>;
}
