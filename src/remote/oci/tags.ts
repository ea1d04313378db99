import { RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { askRegistry } from "./registry.ts";
import type { OciRepository } from "./repository.ts";

/** Of all pages. A tag has at most 128 characters. */
const allBytes = 20_000_000;
const mostPages = 1_000;
const mostTags = 100_000;

/** All tags of a repository, in the registry's order. */
export async function listTags(repository: OciRepository, job: Job): Promise<readonly string[]> {
  return job.once(`tags ${repository.url}`, () => listAll(repository, job));
}

async function listAll(repository: OciRepository, job: Job): Promise<readonly string[]> {
  const what = `the tags of ${repository.url}`;
  const tags: string[] = [];
  let read = 0;
  let path: string | undefined = "tags/list?n=1000";
  for (let page = 0; path !== undefined; page++) {
    const { bytes, header } = await askRegistry(repository, path, { what, maxBytes: allBytes - read }, job);
    read += bytes.length;
    tags.push(...readTags(bytes, what));
    if (page >= mostPages || tags.length > mostTags) {
      throw new RemoteFailure("refused", `${what} are more than ${mostTags}`);
    }
    path = nextPage(header("link"), repository, what);
  }
  return tags;
}

function readTags(bytes: Uint8Array, what: string): readonly string[] {
  try {
    const { tags } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly tags?: unknown };
    // A repository without any says `null`.
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch {
    throw new RemoteFailure("absent", `${what} cannot be read`);
  }
}

/** The next page, which the same registry must have: the token is for it alone. */
function nextPage(link: string | undefined, repository: OciRepository, what: string): string | undefined {
  const [, target] = /<([^<>]*)>\s*;\s*rel="?next"?/i.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  const base = `${repository.origin}/v2/${repository.name}/tags/list`;
  if (!URL.canParse(target, base) || new URL(target, base).origin !== repository.origin) {
    throw new RemoteFailure("refused", `${what} go on at another server`);
  }
  return new URL(target, base).href;
}
