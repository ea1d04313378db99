import type { RemoteReference } from "../model/remotes.ts";

/** An entry of `policies:` that is not in the repository: an OCI artifact, an archive, or a directory of a Git repository. */
export interface PolicyReference {
  /** As it is written. */
  readonly written: string;
  readonly remote: RemoteReference;
  /** The directory of the Git repository; empty: its root. */
  readonly directory: string;
  /** The path under which reports name its files. */
  readonly mount: string;
}

/** What an entry of `policies:` names elsewhere; undefined for a path or a profile. */
export type PolicyReferenceReading =
  | { readonly kind: "reference"; readonly reference: PolicyReference }
  | { readonly kind: "invalid"; readonly message: string };

/** Reads an entry of `policies:`. What is elsewhere must say which content it is, so that nobody else can change the rules. */
export function readPolicyReference(written: string): PolicyReferenceReading | undefined {
  if (/^oci(?:\+http)?:\/\//.test(written)) return artifact(written);
  if (/^(?:git\+|ssh:\/\/|git@)/.test(written) || /^https?:\/\/[^?#]*[^/:]\/\/[^?#]*\?/.test(written))
    return git(written);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(written)) return archive(written);
  return undefined;
}

/** The address that patterns of `signatures:` match: without protocol. */
export function referenceAddress(written: string): string {
  return written.replace(/^[a-z+]+:\/\//, "").replace(/^\.\//, "");
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

function artifact(written: string): PolicyReferenceReading {
  const digest = DIGEST.exec(written)?.[1];
  if (digest === undefined) return unpinned("oci://REGISTRY/REPOSITORY@sha256:…");
  const named = written.slice(0, -digest.length - 1);
  const [, url = named, tag] = /^(.*\/[^/:]+):([^/:]+)$/.exec(named) ?? [];
  const remote = { kind: "artifact", url, ...(tag === undefined ? {} : { tag }), digest } as const;
  return { kind: "reference", reference: { written, remote, directory: "", mount: mountOf(url, digest) } };
}

function archive(written: string): PolicyReferenceReading {
  if (!written.startsWith("https://") && !written.startsWith("http://"))
    return { kind: "invalid", message: "expected a path, or a URL that begins with https://, oci:// or git+https://" };
  const digest = DIGEST.exec(written)?.[1];
  if (digest === undefined) return unpinned("https://HOST/PATH.tar.gz@sha256:…");
  const url = written.slice(0, -digest.length - 1);
  const remote = { kind: "file", url, digest } as const;
  return { kind: "reference", reference: { written, remote, directory: "", mount: mountOf(url, digest) } };
}

function git(written: string): PolicyReferenceReading {
  const [address = "", query = ""] = written.replace(/^git\+/, "").split("?", 2);
  // After the commit may come the branch that `portcullis update` takes the next one from.
  const commit = /^ref=([0-9a-f]{40})(?:#[^#?]+)?$/.exec(query)?.[1];
  if (commit === undefined)
    return unpinned("git+https://HOST/REPOSITORY//DIRECTORY?ref=COMMIT, the commit with all its 40 digits");
  const [, url = address, directory = ""] = /^((?:[a-z]+:\/\/)?.*?)\/\/(.*)$/.exec(withoutScheme(address)) ?? [];
  const scheme = schemeOf(address);
  const remote = {
    kind: "git",
    url: scheme + (url === address ? withoutScheme(address) : url),
    revision: { kind: "commit", value: commit },
  } as const;
  const clean = directory.replace(/^\/+|\/+$/g, "");
  if (clean.split("/").includes(".."))
    return { kind: "invalid", message: "expected a directory inside the repository" };
  return { kind: "reference", reference: { written, remote, directory: clean, mount: mountOf(remote.url, commit) } };
}

function schemeOf(address: string): string {
  return /^[a-z]+:\/\//.exec(address)?.[0] ?? "";
}

function withoutScheme(address: string): string {
  return address.slice(schemeOf(address).length);
}

function unpinned(expected: string): PolicyReferenceReading {
  return {
    kind: "invalid",
    message: `does not say which content it is; expected ${expected} (portcullis update writes it)`,
  };
}

const SHORT = 12;

/** `ghcr.io/acme/policies@1a2b3c4d5e6f`. */
function mountOf(url: string, digest: string): string {
  const place = url
    .replace(/^[a-z+]+:\/\//, "")
    .replace(/^[^@/]*@/, "")
    .replace(":", "/")
    .replace(/\.git$/, "");
  return `${place}@${digest.replace(/^sha256:/, "").slice(0, SHORT)}`.replaceAll(/[^\w./@-]/g, "_");
}
