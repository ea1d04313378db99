import { readFile } from "node:fs/promises";
import { CORE_SCHEMA, load } from "js-yaml";
import { byPrefix, type PrefixedCredential } from "./by-prefix.ts";
import type { Credential, ReadCredentials } from "./credential.ts";

/**
 * Reads a file of credentials, YAML or JSON: a list of `prefix` (`https://…` or `oci://…`) with `username` and
 * `password`, or with `token`. Rejects with what is wrong where, and never with a part of the file.
 */
export async function readCredentialsFile(path: string): Promise<ReadCredentials> {
  const credentials = parse(await readFile(path, "utf8"), path);
  return async (url) => byPrefix(credentials, url);
}

function parse(text: string, path: string): readonly PrefixedCredential[] {
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

const members = new Set(["prefix", "username", "password", "token"]);

function readEntry(entry: unknown, where: string): PrefixedCredential {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    throw new Error(`${where} must be a mapping`);
  const { prefix, ...rest } = entry as { readonly [name: string]: unknown };
  if (typeof prefix !== "string" || !/^(?:https|oci):\/\/[^/]/.test(prefix)) {
    throw new Error(`${where} must have a prefix that begins with https:// or oci://`);
  }
  const unknown = Object.keys(rest).find((name) => !members.has(name));
  if (unknown !== undefined) throw new Error(`${where} has an unknown member ${unknown}`);
  const credential = readCredential(rest);
  if (credential === undefined) throw new Error(`${where} must have a username and password, or a token, as text`);
  return { prefix, credential };
}

function readCredential(entry: { readonly [name: string]: unknown }): Credential | undefined {
  const { username, password, token } = entry;
  const isUser = typeof username === "string" && typeof password === "string";
  if (isUser && token === undefined) return { username, password };
  if (typeof token === "string" && token !== "" && username === undefined && password === undefined) return { token };
  return undefined;
}
