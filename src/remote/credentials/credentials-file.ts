import { readFile } from "node:fs/promises";
import { CORE_SCHEMA, load } from "js-yaml";
import { byPrefix, isBelow, type PrefixedCredential } from "./by-prefix.ts";
import type { Credential, ReadCredentials } from "./credential.ts";

interface Entry extends PrefixedCredential {
  /** Starts of the URLs of the repositories that it is for; absent: all. */
  readonly repositories?: readonly string[];
}

/** What a file of credentials has for the judgements of one repository. */
export interface CredentialsOfFile {
  readonly credentials: ReadCredentials;
  /** Names the entries that are for some repositories alone. What they open is not there for the others. */
  readonly limitedTo: readonly string[];
}

/**
 * Reads a file of credentials, YAML or JSON: a list of `prefix` (`https://…` or `oci://…`) with `username` and
 * `password`, or with `token`, and with the `repositories` that it is for. `judged`: the URLs of the repository that is
 * judged. Rejects with what is wrong where, and never with a part of the file.
 */
export async function readCredentialsFile(path: string, judged: readonly string[] = []): Promise<CredentialsOfFile> {
  const credentials = parse(await readFile(path, "utf8"), path).filter(
    ({ repositories }) =>
      repositories === undefined || repositories.some((start) => judged.some((url) => isBelow(url, start))),
  );
  return {
    credentials: async (url) => byPrefix(credentials, url),
    limitedTo: credentials.flatMap(({ prefix, repositories }) =>
      repositories === undefined ? [] : [JSON.stringify([prefix, ...repositories])],
    ),
  };
}

function parse(text: string, path: string): readonly Entry[] {
  let list: unknown;
  try {
    list = load(text, { schema: CORE_SCHEMA }) ?? [];
  } catch (error) {
    // The parser's own message quotes the line.
    const line = (error as { readonly mark?: { readonly line?: number } }).mark?.line;
    throw new Error(`${path}${line === undefined ? "" : `:${line + 1}`} is not YAML`);
  }
  if (!Array.isArray(list)) throw new Error(`${path} must be a list of credentials`);
  return list.map((entry: unknown, at) => readEntry(entry, `${path}, entry ${at + 1}`));
}

const members = new Set(["prefix", "username", "password", "token", "repositories"]);

function readEntry(entry: unknown, where: string): Entry {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    throw new Error(`${where} must be a mapping`);
  const { prefix, ...rest } = entry as { readonly [name: string]: unknown };
  if (typeof prefix !== "string" || !/^(?:https?|oci):\/\/[^/]/.test(prefix)) {
    throw new Error(`${where} must have a prefix that begins with https:// or oci://`);
  }
  const unknown = Object.keys(rest).find((name) => !members.has(name));
  if (unknown !== undefined) throw new Error(`${where} has an unknown member ${unknown}`);
  const credential = readCredential(rest);
  if (credential === undefined) throw new Error(`${where} must have a username and password, or a token, as text`);
  const { repositories } = rest;
  if (repositories === undefined) return { prefix, credential };
  if (!isTexts(repositories)) throw new Error(`${where} must have repositories as a list of https:// URLs`);
  return { prefix, credential, repositories };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && /^https?:\/\//.test(one));
}

function readCredential(entry: { readonly [name: string]: unknown }): Credential | undefined {
  const { username, password, token } = entry;
  const isUser = typeof username === "string" && typeof password === "string";
  if (isUser && token === undefined) return { username, password };
  if (typeof token === "string" && token !== "" && username === undefined && password === undefined) return { token };
  return undefined;
}
