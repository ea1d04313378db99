import type { RemotesConfig } from "../../model/config.ts";
import type { RemoteReference } from "../../model/remotes.ts";
import { compilePathGlob } from "../glob/path-glob.ts";

/**
 * Whether a reference may be followed. `known` are the references of the tree before a change: what is on the gated
 * branch was accepted with them, and may be fetched again in another version. Without them the tree is that branch
 * itself, or a person's own.
 */
export function isPermitted(
  reference: RemoteReference,
  { fetch, allow }: RemotesConfig,
  known: readonly RemoteReference[] | undefined,
): boolean {
  if (fetch === "off") return false;
  if (fetch === "any" || known === undefined) return true;
  const origin = originOf(reference);
  return known.some((one) => originOf(one) === origin) || isAllowed(urlOf(reference), allow);
}

/** Tells which URLs a configuration permits whatever refers to them. */
export function permittedUrls({ fetch, allow }: RemotesConfig): (url: string) => boolean {
  return (url) => fetch === "any" || (fetch === "known" && isAllowed(withScheme(url), allow));
}

/** Whether a URL is one of those that a configuration names. */
function isAllowed(url: string, allow: readonly string[]): boolean {
  const [scheme = "", rest = ""] = partsOf(url);
  return allow.some((pattern) => {
    const [ofPattern, restOfPattern = ""] = partsOf(pattern);
    return ofPattern === scheme && compilePathGlob(restOfPattern)?.(rest) === true;
  });
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

function urlOf(reference: RemoteReference): string {
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
