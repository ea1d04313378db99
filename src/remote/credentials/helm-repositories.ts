import { readFile } from "node:fs/promises";
import { CORE_SCHEMA, load } from "js-yaml";
import { byPrefix, type PrefixedCredential } from "./by-prefix.ts";
import type { ReadCredentials } from "./credential.ts";

/** Reads the credentials of Helm repositories from `repositories.yaml`, where `helm repo add` keeps them. */
export function helmRepositories(path: string): ReadCredentials {
  let known: Promise<readonly PrefixedCredential[]> | undefined;
  return async (url) => {
    known ??= readRepositories(path);
    return byPrefix(await known, url);
  };
}

async function readRepositories(path: string): Promise<readonly PrefixedCredential[]> {
  try {
    const file = load(await readFile(path, "utf8"), { schema: CORE_SCHEMA }) as {
      readonly repositories?: unknown;
    } | null;
    return Array.isArray(file?.repositories) ? file.repositories.flatMap(readRepository) : [];
  } catch {
    return [];
  }
}

function readRepository(repository: { readonly [name: string]: unknown } | null): readonly PrefixedCredential[] {
  const { url, username, password } = repository ?? {};
  if (typeof url !== "string" || typeof username !== "string" || typeof password !== "string") return [];
  return username === "" || password === "" ? [] : [{ prefix: url, credential: { username, password } }];
}
