import { readFile } from "node:fs/promises";
import type { Credential, ReadCredentials } from "./credential.ts";
import { askHelper } from "./docker-helper.ts";

interface DockerConfig {
  readonly auths?: { readonly [registry: string]: DockerAuth | undefined };
  readonly credHelpers?: { readonly [registry: string]: string | undefined };
  readonly credsStore?: string;
}

interface DockerAuth {
  /** `username:password` in base64. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Reads registries' credentials from a file as Docker, Helm and others write it, and from the helpers that it names. */
export function dockerConfig(path: string, environment: NodeJS.ProcessEnv): ReadCredentials {
  let config: Promise<DockerConfig> | undefined;
  return async (url) => {
    if (!url.startsWith("oci://")) return undefined;
    config ??= readConfig(path);
    const { auths = {}, credHelpers = {}, credsStore } = await config;
    const keys = keysOf(url.slice("oci://".length));
    const helped = keys.find((key) => credHelpers[key] !== undefined);
    if (helped !== undefined) return askHelper(credHelpers[helped] ?? "", helped, environment);
    for (const key of keys) {
      const stored = credsStore === undefined ? undefined : await askHelper(credsStore, key, environment);
      const credential = stored ?? readAuth(auths[key]);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };
}

async function readConfig(path: string): Promise<DockerConfig> {
  try {
    const config: unknown = JSON.parse(await readFile(path, "utf8"));
    return typeof config === "object" && config !== null ? config : {};
  } catch {
    // Without an entry, or with a broken one, the request is anonymous: the registry decides.
    return {};
  }
}

/** What a repository may be listed under: its own address, those above it, its host, and what old tools wrote. */
function keysOf(repository: string): readonly string[] {
  const parts = repository.split("/");
  const paths = parts.map((_, at) => parts.slice(0, parts.length - at).join("/"));
  const [host = ""] = parts;
  const hub = ["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"];
  return [
    ...paths,
    `https://${host}`,
    `https://${host}/v1/`,
    `https://${host}/v2/`,
    ...(host === "docker.io" ? hub : []),
  ];
}

function readAuth(auth: DockerAuth | undefined): Credential | undefined {
  if (auth === undefined || auth === null) return undefined;
  const { identitytoken, registrytoken } = auth;
  if (isText(identitytoken)) return { identityToken: identitytoken };
  if (isText(registrytoken)) return { token: registrytoken };
  const [, ofPair, rest] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth.auth ?? "", "base64").toString()) ?? [];
  const username = ofPair ?? auth.username;
  // Docker itself once ended it with a zero byte.
  const password = rest?.replace(/\0+$/, "") ?? auth.password;
  return isText(username) && isText(password) ? { username, password } : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
