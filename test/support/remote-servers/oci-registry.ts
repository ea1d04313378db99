import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { startLoopback, type Loopback } from "./loopback.ts";

/** A layer of an artifact that a test pushes. */
export interface PushedLayer {
  readonly mediaType: string;
  readonly content: Uint8Array;
  readonly annotations?: { readonly [name: string]: string };
}

/** How a registry wants to be authenticated to. `user` is `name:password`; absent with `bearer`: anyone gets a token. */
export type RegistryAuthentication =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly user: string }
  | { readonly kind: "bearer"; readonly user?: string; readonly identityToken?: string; readonly realm?: string };

/** A registry of the distribution specification on loopback. */
export interface OciRegistry extends Loopback {
  authentication: RegistryAuthentication;
  /** Tags that one page lists. */
  page: number;
  /** The scope that it asks for. */
  scope: string;
  /** Changes an answer before it is sent; returns true if it sent one itself. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Stores a manifest with these layers under a tag, and returns its digest. */
  push(repository: string, tag: string, layers: readonly PushedLayer[], config?: string): string;
  /** Stores a manifest of this type that refers to another one; without the referrers API, under the tag for that too. */
  pushReferrer(repository: string, subject: string, artifactType: string, layers: readonly PushedLayer[]): void;
  /** Whether it answers the referrers API. */
  hasReferrers: boolean;
  /** Stores an index of manifests, by digest and platform (`linux/amd64`; empty: none). */
  pushIndex(
    repository: string,
    tag: string,
    manifests: readonly (readonly [digest: string, platform: string])[],
  ): string;
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
export const helmConfig = "application/vnd.cncf.helm.config.v1+json";
export const helmLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const token = "a-token-of-the-registry";

/** Starts an empty registry. */
export async function startOciRegistry(): Promise<OciRegistry> {
  const blobs = new Map<string, Uint8Array>();
  const types = new Map<string, string>();
  const tags = new Map<string, Map<string, string>>();
  const referrers = new Map<string, { readonly artifactType: string; readonly digest: string }[]>();
  const put = (content: Uint8Array): string => {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    blobs.set(digest, content);
    return digest;
  };
  const putManifest = (repository: string, tag: string, mediaType: string, manifest: object): string => {
    const digest = put(Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...manifest })));
    types.set(digest, mediaType);
    tags.set(repository, (tags.get(repository) ?? new Map<string, string>()).set(tag, digest));
    return digest;
  };
  const described = ({ mediaType, content, annotations }: PushedLayer): object => ({
    mediaType,
    digest: put(content),
    size: content.length,
    ...(annotations === undefined ? {} : { annotations }),
  });
  const server = await startLoopback((request, response) => {
    if (registry.intercept?.(request, response) === true) return;
    const url = new URL(request.url ?? "", registry.origin);
    if (url.pathname === "/token") return giveToken(registry.authentication, request, response);
    if (!isLetIn(registry.authentication, request)) return challenge(registry, response);
    const [, repository = "", kind, name = ""] =
      /^\/v2\/(.+)\/(tags\/list|manifests|blobs|referrers)(?:\/(.+))?$/.exec(url.pathname) ?? [];
    if (kind === "tags/list")
      return listTags(repository, [...(tags.get(repository)?.keys() ?? [])], url, registry.page, response);
    if (kind === "referrers") {
      if (!registry.hasReferrers) return fail(response, 404, "NOT_FOUND");
      const asked = url.searchParams.get("artifactType");
      const manifests = (referrers.get(`${repository}@${name}`) ?? []).filter((one) => one.artifactType === asked);
      const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
      return response.writeHead(200, { "content-type": indexType }).end(body);
    }
    const digest = name.startsWith("sha256:") ? name : (tags.get(repository)?.get(name) ?? "");
    const content = blobs.get(digest);
    if (content === undefined) return fail(response, 404, kind === "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN");
    const headers = {
      "content-type": types.get(digest) ?? "application/octet-stream",
      "docker-content-digest": digest,
      "content-length": content.length,
    };
    return response.writeHead(200, headers).end(content);
  });
  const registry: OciRegistry = {
    ...server,
    authentication: { kind: "none" },
    page: 1_000,
    hasReferrers: true,
    pushReferrer: (repository, subject, artifactType, layers) => {
      const tag = subject.replace(":", "-");
      const digest = putManifest(repository, `referrer-of-${tag}`, manifestType, {
        artifactType,
        config: { mediaType: "application/vnd.oci.empty.v1+json", digest: put(Buffer.from("{}")), size: 2 },
        layers: layers.map(described),
        subject: { mediaType: manifestType, digest: subject, size: blobs.get(subject)?.length ?? 0 },
      });
      const all = referrers.get(`${repository}@${subject}`) ?? [];
      const entry = { mediaType: manifestType, artifactType, digest, size: blobs.get(digest)?.length ?? 0 };
      referrers.set(`${repository}@${subject}`, [...all, entry]);
      if (!registry.hasReferrers) putManifest(repository, tag, indexType, { manifests: [...all, entry] });
    },
    scope: "repository:*:*",
    push: (repository, tag, layers, config = "application/vnd.oci.empty.v1+json") => {
      return putManifest(repository, tag, manifestType, {
        config: described({ mediaType: config, content: Buffer.from("{}") }),
        layers: layers.map(described),
      });
    },
    pushIndex: (repository, tag, manifests) =>
      putManifest(repository, tag, indexType, {
        manifests: manifests.map(([digest, platform]) => {
          const [os, architecture] = platform.split("/");
          const entry = { mediaType: manifestType, digest, size: blobs.get(digest)?.length ?? 0 };
          return platform === "" ? entry : { ...entry, platform: { os, architecture } };
        }),
      }),
  };
  return registry;
}

function isLetIn(authentication: RegistryAuthentication, { headers }: IncomingMessage): boolean {
  switch (authentication.kind) {
    case "none":
      return true;
    case "basic":
      return headers.authorization === basic(authentication.user);
    case "bearer":
      return headers.authorization === `Bearer ${token}`;
  }
}

function challenge({ authentication, origin, scope }: OciRegistry, response: ServerResponse): void {
  const realm = (authentication.kind === "bearer" ? authentication.realm : undefined) ?? `${origin}/token`;
  const header =
    authentication.kind === "basic"
      ? 'Basic realm="here"'
      : `Bearer realm="${realm}",service="the, registry",scope="${scope}"`;
  response.setHeader("www-authenticate", header);
  fail(response, 401, "UNAUTHORIZED");
}

async function giveToken(
  authentication: RegistryAuthentication,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const { user, identityToken } = authentication.kind === "bearer" ? authentication : {};
  const isKnown =
    identityToken === undefined
      ? user === undefined || request.headers.authorization === basic(user)
      : form.get("refresh_token") === identityToken && form.get("grant_type") === "refresh_token";
  if (!isKnown) return fail(response, 401, "UNAUTHORIZED");
  response.setHeader("content-type", "application/json").end(JSON.stringify({ access_token: token, expires_in: 300 }));
}

function listTags(name: string, tags: readonly string[], url: URL, page: number, response: ServerResponse): void {
  const last = url.searchParams.get("last");
  const start = last === null ? 0 : tags.indexOf(last) + 1;
  const some = tags.slice(start, start + page);
  if (start + page < tags.length) {
    response.setHeader("link", `</v2/${name}/tags/list?n=${page}&last=${some.at(-1)}>; rel="next"`);
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify({ name, tags: some }));
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll("_", " ") }] }));
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString("base64")}`;
}
