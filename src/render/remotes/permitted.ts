import type { RemotesConfig } from "../../model/config.ts";
import type { RemoteReference } from "../../model/remotes.ts";
import { compilePathGlob } from "../glob/path-glob.ts";

/**
 * Whether a reference may be followed. `known` are the references of the tree before a change: what is on the gated
 * branch was accepted with them, and may be fetched again in another version. Without them the tree is that branch
 * itself, or a person's own. What is guarded is not a part of `any`.
 */
export function isPermitted(
  reference: RemoteReference,
  { fetch, allow }: RemotesConfig,
  known: readonly RemoteReference[] | undefined,
  isGuarded = false,
): boolean {
  if (fetch === "off") return false;
  if ((fetch === "any" && !isGuarded) || known === undefined) return true;
  const origin = originOf(reference);
  return known.some((one) => originOf(one) === origin) || isAllowed(urlOf(reference), allow);
}

/** Tells which URLs a configuration permits whatever refers to them. */
export function permittedUrls({ fetch, allow }: RemotesConfig): (url: string, isGuarded?: boolean) => boolean {
  return (url, isGuarded = false) =>
    (fetch === "any" && !isGuarded) || (fetch !== "off" && isAllowed(withScheme(url), allow));
}

/** Whether a URL is one of those that a configuration names. */
function isAllowed(url: string, allow: readonly string[]): boolean {
  const [scheme = "", rest = ""] = partsOf(url);
  return allow.some((pattern) => {
    const [ofPattern, restOfPattern = ""] = partsOf(pattern);
    return ofPattern === scheme && compilePathGlob(restOfPattern)?.(rest) === true;
  });
}

/**
 * The narrowest pattern of `remotes.allow` that permits what comes from the same place as a reference; undefined where
 * none does, as for a URL that names a user.
 */
export function patternFor(reference: RemoteReference): string | undefined {
  const url = urlOf(reference).replace(/[?#].*$/, "");
  const pattern = reference.kind === "git" || reference.kind === "artifact" ? url : `${placeOf(reference, url)}/**`;
  return hasUser(url) || !isAllowed(url, [pattern]) ? undefined : pattern;
}

/** Of a chart its repository, of a file the first two directories of its host. */
function placeOf(reference: RemoteReference, url: string): string {
  if (reference.kind === "chart") return url.slice(0, url.lastIndexOf("/"));
  return url.split("/").slice(0, -1).slice(0, 5).join("/");
}

/** Whether a URL names a user other than that of SSH, who is known to all: it may be a secret. */
function hasUser(url: string): boolean {
  return /^[^/]*:\/\/[^/]*@/.test(url) && !url.startsWith("ssh://git@");
}

function partsOf(url: string): readonly string[] {
  const at = url.indexOf("://");
  return at === -1 ? ["", url] : [url.slice(0, at).toLowerCase(), url.slice(at + 3).replace(/[?#].*$/, "")];
}

/** `git@host:owner/name`, as a URL. */
function withScheme(url: string): string {
  return url.includes("://")
    ? url
    : url.replace(
        /^(?:([\w.-]+)@)?([\w.-]+):/,
        (_, user: string | undefined, host: string) => `ssh://${user === undefined ? "" : `${user}@`}${host}/`,
      );
}

/** The URL of what a reference names, without its version. */
export function urlOf(reference: RemoteReference): string {
  if (reference.kind !== "chart") return withScheme(reference.url);
  return `${reference.repository.replace(/\/+$/, "")}/${reference.name}`;
}

/** What has the same owner as the reference: the repository, or of a file the first two directories of its host. */
function originOf(reference: RemoteReference): string {
  if (reference.kind === "chart") return `chart ${reference.repository.replace(/\/+$/, "")}`;
  if (reference.kind !== "file") return `${reference.kind} ${reference.url.replace(/\/+$/, "").replace(/\.git$/, "")}`;
  const [scheme, rest = ""] = partsOf(reference.url);
  const directories = rest.split("/").slice(0, -1);
  return `file ${scheme}://${directories.slice(0, 3).join("/")}`;
}
