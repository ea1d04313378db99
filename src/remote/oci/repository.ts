import { oneLine, RemoteFailure } from "../failure.ts";
import { readUrl } from "../http/judge-url.ts";
import type { Job } from "../job.ts";

/** A repository of a registry. */
export interface OciRepository {
  /** `https://HOST`, where the registry's API is. */
  readonly origin: string;
  /** `acme/charts/web`. */
  readonly name: string;
  /** `oci://HOST/NAME`, for people, credentials and the store. */
  readonly url: string;
}

const nameForm = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;

/** Reads `oci://HOST/NAME`. Docker Hub's registry is not at its name, and keeps its own images below `library`. */
export function readRepository(text: string, job: Job): OciRepository {
  const [, rest = ""] = /^oci(?:\+http)?:\/\/(.+)$/.exec(job.mirrored(text)) ?? [];
  if (!URL.canParse(`https://${rest}`)) throw new RemoteFailure("refused", `${oneLine(text)} cannot be read`);
  const protocol = job.named.isPlainRegistry(rest.split("/", 1)[0] ?? "") ? "http:" : "https:";
  const url = readUrl(`${protocol}//${rest}`, job.named);
  const name = url.pathname.slice(1).replace(/\/+$/, "");
  if (name.length > 255 || !nameForm.test(name) || url.search !== "") {
    throw new RemoteFailure("absent", `${oneLine(text)} names no repository of a registry`);
  }
  const isHub = ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(url.host);
  if (isHub) url.host = "registry-1.docker.io";
  const full = isHub && !name.includes("/") ? `library/${name}` : name;
  return { origin: url.origin, name: full, url: `oci://${isHub ? "docker.io" : url.host}/${full}` };
}

/** The tag of a version: what a tag cannot have, `+`, is written as `_`. */
export function tagOf(version: string): string {
  return version.replaceAll("+", "_");
}

/** Whether a text can be a tag. */
export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}
