import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemoteContent, RemoteOutcome, RemoteReference, VersionMatcher } from "../../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../../src/remote/create-remotes.ts";

/** A directory for a store of its own. */
export async function storeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "portcullis-remotes-"));
}

/** Options for one try, without credentials and mirrors. `hosts` names servers on loopback. */
export function jobOptions(
  directory: string,
  hosts: readonly string[],
  more: Partial<RemotesOptions> = {},
): RemotesOptions {
  return { directory, hosts, mirrors: {}, versions, credentials: async () => undefined, tries: 1, ...more };
}

/** Fetches one reference in a job of its own. */
export async function fetchOnce(options: RemotesOptions, reference: RemoteReference): Promise<RemoteOutcome> {
  return createRemotes(options).fetch(reference);
}

/** Fetches one reference in a job of its own, which must succeed. */
export async function fetchContent(options: RemotesOptions, reference: RemoteReference): Promise<RemoteContent> {
  const outcome = await fetchOnce(options, reference);
  if (outcome.kind !== "found") throw new Error(`${outcome.kind}: ${outcome.message}`);
  return outcome.content;
}

/** The files of some content, as text. */
export async function textsOf({ tree }: RemoteContent): Promise<{ readonly [path: string]: string }> {
  const texts: { [path: string]: string } = {};
  for (const { path } of await tree.list()) texts[path] = new TextDecoder().decode(await tree.read(path));
  return texts;
}

type Parts = readonly [major: number, minor: number, patch: number];

/** Knows versions of three numbers, `*`, `>=VERSION` and `^VERSION`, and of pre-releases only that no range has them. */
const versions: VersionMatcher = {
  matching: async (range, written) => {
    const [, operator = "", base = ""] = /^(\*|>=|\^|)(.*)$/.exec(range) ?? [];
    const from = base === "" ? ([0, 0, 0] as const) : partsOf(base);
    if (from === undefined) return { kind: "invalid", message: `improper constraint: ${range}` };
    const fits = ([major, minor, patch]: Parts): boolean => {
      const order = compare([major, minor, patch], from);
      return operator === "" && base !== "" ? order === 0 : order >= 0 && (operator !== "^" || major === from[0]);
    };
    const found = written.flatMap((version, index) => {
      const parts = partsOf(version);
      return parts !== undefined && fits(parts) ? [{ index, parts }] : [];
    });
    return { kind: "matching", indexes: found.toSorted((a, b) => compare(b.parts, a.parts)).map(({ index }) => index) };
  },
};

function partsOf(version: string): Parts | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)(?:\+[\w.-]+)?$/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

function compare(a: Parts, b: Parts): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
