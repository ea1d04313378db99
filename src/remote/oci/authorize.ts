import { authorizationOf, type Credential } from "../credentials/credential.ts";
import { RemoteFailure, shown } from "../failure.ts";
import { readUrl } from "../http/judge-url.ts";
import type { HttpRequest } from "../http/request.ts";
import type { Job } from "../job.ts";
import { readChallenge } from "./challenge.ts";
import type { OciRepository } from "./repository.ts";

const tokenBytes = 1_000_000;

/** The Authorization header that answers a registry's challenge; undefined if there is none, and so no way in. */
export async function authorize(
  repository: OciRepository,
  challenge: string | undefined,
  job: Job,
): Promise<string | undefined> {
  const { scheme, parameters } = readChallenge(challenge ?? "") ?? {};
  if (scheme === undefined || parameters === undefined) return undefined;
  const credential = await job.credentials(repository.url);
  if (scheme === "basic") {
    return credential !== undefined && "password" in credential ? authorizationOf(credential) : undefined;
  }
  if (credential !== undefined && "token" in credential) return authorizationOf(credential);
  const token = await askForToken(repository, parameters, credential, job);
  return `Bearer ${token}`;
}

async function askForToken(
  repository: OciRepository,
  { realm = "", service, scope = "" }: { readonly [name: string]: string },
  own: Credential | undefined,
  job: Job,
): Promise<string> {
  const url = readUrl(realm, job.named);
  const isTheirs = isTokenServerOf(url, repository);
  const hint = isTheirs || own === undefined ? "" : ", whose credentials are not for its token server on another host";
  const what = `a token for ${repository.url}${hint}`;
  const credential = isTheirs ? own : await job.credentials(url.href);
  if (repository.origin.startsWith("https:") && url.protocol !== "https:") {
    throw new RemoteFailure("refused", `${what}: ${shown(url)} is not HTTPS`);
  }
  const wanted = { ...(service === undefined ? {} : { service }), scope: readingScope(repository, scope) };
  const { bytes } = await job.http.ask({ what, maxBytes: tokenBytes, ...tokenRequest(url, wanted, credential) });
  const token = readToken(new TextDecoder().decode(bytes));
  if (token === undefined) throw new RemoteFailure("absent", `${what}: ${shown(url)} gave none`);
  return token;
}

/**
 * Whether a registry's credentials are for a token server: on its own host, on the domain that it is a part of, as
 * `gitlab.com` is that of `registry.gitlab.com`, and Docker Hub's. Any other gets what is known for its own address.
 */
function isTokenServerOf({ hostname }: URL, { origin }: OciRepository): boolean {
  const registry = new URL(origin).hostname;
  if (registry === "registry-1.docker.io") return hostname === "auth.docker.io" || hostname === registry;
  const parent = registry.slice(registry.indexOf(".") + 1);
  return hostname === registry || (hostname === parent && parent.includes("."));
}

/** No more than reading, of this repository alone, whatever a server asks for. Some want a word of their own for lists. */
function readingScope({ name }: OciRepository, asked: string): string {
  const forLists = asked.split(" ").some((scope) => {
    const [type, repository, actions = ""] = scope.split(":");
    return type === "repository" && repository === name && actions.split(",").includes("metadata_read");
  });
  return `repository:${name}:pull${forLists ? ",metadata_read" : ""}`;
}

function tokenRequest(
  url: URL,
  wanted: { readonly [name: string]: string },
  credential: Credential | undefined,
): Pick<HttpRequest, "url" | "authorization" | "form" | "secrets"> {
  if (credential !== undefined && "identityToken" in credential) {
    const secret = credential.identityToken;
    const grant = { grant_type: "refresh_token", refresh_token: secret, client_id: "portcullis" };
    return { url: url.href, form: new URLSearchParams({ ...wanted, ...grant }), secrets: [secret] };
  }
  const asked = new URL(url);
  for (const [name, value] of Object.entries(wanted)) asked.searchParams.set(name, value);
  const authorization = authorizationOf(credential);
  return { url: asked.href, ...(authorization === undefined ? {} : { authorization }) };
}

function readToken(text: string): string | undefined {
  let answer: { readonly token?: unknown; readonly access_token?: unknown } | null;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    return undefined;
  }
  const token = answer?.token ?? answer?.access_token;
  // What has no place in a header could smuggle another one.
  return typeof token === "string" && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}
