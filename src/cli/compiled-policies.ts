import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { PolicySources } from "../model/policy.ts";
import { toolchainArtifact } from "../rego/toolchain/artifact.ts";
import { compileFormat, type CompiledEntries } from "../rego/toolchain/compile-cache.ts";
import { decodeFrame, encodeFrame, type Frame } from "../wasm/frame.ts";
import { writeAtomically } from "../wasm/write-atomically.ts";
import { UsageError } from "./usage-error.ts";

const ENDING = ".portcullis";
const MAGIC = Buffer.from("portcullis compiled policies 1\n");
const digestLength = 32;

/** What the file tells besides the compiled entries. */
interface Header {
  readonly format: number;
  readonly toolchain: string;
  readonly sources: PolicySources;
  /** The way from the directory of the file to that which the paths of the sources are relative to. */
  readonly from: string;
  readonly entries: readonly { readonly key: string; readonly length: number }[];
}

/** Whether a path names a file that `portcullis compile` wrote. */
export function isCompiled(path: string): boolean {
  return path.endsWith(ENDING);
}

/** Writes a policy set with all that was compiled of it. `cwd` is the directory that its paths are relative to. */
export async function writeCompiled(
  path: string,
  {
    sources,
    entries,
    cwd,
  }: { readonly sources: PolicySources; readonly entries: CompiledEntries; readonly cwd: string },
): Promise<void> {
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const header: Header = {
    format: compileFormat,
    toolchain: toolchainArtifact().sha256,
    sources,
    from: relative(dirname(resolve(cwd, path)), cwd)
      .split(sep)
      .join("/"),
    entries: sorted.map(([key, { length }]) => ({ key, length })),
  };
  const body = gzipSync(encodeFrame(JSON.stringify(header), Buffer.concat(sorted.map(([, entry]) => entry))));
  try {
    await writeAtomically(resolve(cwd, path), Buffer.concat([MAGIC, digestOf(body), body]));
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}

/**
 * Reads such a file. One that is damaged, made by another version, or of policies that have changed since is refused: the
 * person who made it has to make it again.
 */
export function readCompiled(path: string, cwd: string): PolicySources {
  const refuse = (why: string): never => {
    throw new UsageError(`${path}: ${why}`);
  };
  const body = bodyOf(path, cwd, refuse);
  const { header, blob } = frameOf(body, refuse);
  const { format, toolchain, sources, from, entries } = header as Header;
  if (format !== compileFormat || toolchain !== toolchainArtifact().sha256)
    return refuse("was compiled by another version of Portcullis; run portcullis compile with this one");
  const base = resolve(cwd, dirname(path), from);
  const read = (sources.configFiles ?? []).map(({ module, written, text }) => ({
    path: join(dirname(module), written),
    text,
  }));
  const all = [...sources.files, ...sources.data, ...read];
  const changed =
    all.find((file) => isChanged(join(base, file.path), file.text)) ??
    (sources.objects ?? []).find(({ path: of, document }) => lacks(join(base, of), document?.text));
  if (changed !== undefined)
    return refuse(`${changed.path} has changed since it was compiled; run portcullis compile again`);
  const compiled = new Map<string, Uint8Array>();
  let start = 0;
  for (const { key, length } of entries) {
    compiled.set(key, blob.subarray(start, start + length));
    start += length;
  }
  return { ...sources, compiled: { digest: digestOf(body).toString("hex"), entries: compiled } };
}

function bodyOf(path: string, cwd: string, refuse: (why: string) => never): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(cwd, path));
  } catch (error) {
    return refuse((error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file" : (error as Error).message);
  }
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return refuse("expected a file that this version of portcullis compile wrote");
  const body = bytes.subarray(MAGIC.length + digestLength);
  if (!digestOf(body).equals(bytes.subarray(MAGIC.length, MAGIC.length + digestLength)))
    return refuse("is damaged: its content has another digest than the one it was written with");
  return body;
}

function frameOf(body: Uint8Array, refuse: (why: string) => never): Frame {
  try {
    return decodeFrame(gunzipSync(body));
  } catch (error) {
    return refuse(`cannot be read: ${(error as Error).message}`);
  }
}

/** Whether a file is there and has another text. Where the file was taken elsewhere, its sources are not there. */
function isChanged(path: string, text: string): boolean {
  return existsSync(path) && readFileSync(path, "utf8") !== text;
}

/** Whether a file is there and no longer holds the document of a policy that is a Kubernetes object. */
function lacks(path: string, document: string | undefined): boolean {
  return document !== undefined && existsSync(path) && !readFileSync(path, "utf8").includes(document);
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
