import { authorizationOf } from "../credentials/credential.ts";
import type { Job } from "../job.ts";

/** The text of a repository's index. One that the store has is asked for only in case it changed. */
export async function fetchIndex(repository: URL, what: string, job: Job): Promise<string> {
  const question = JSON.stringify(["index", repository.href]);
  const last = await job.store.answers.read(question);
  const kept = last === undefined ? undefined : await job.store.blobs.read(last.digest);
  const authorization = authorizationOf(await job.credentials(repository.href));
  const { status, bytes, header } = await job.http.ask({
    url: indexUrl(repository),
    what,
    maxBytes: job.limits.indexBytes,
    inflate: true,
    expected: kept === undefined ? [] : [304],
    headers: kept === undefined || last === undefined ? {} : conditions(last),
    ...(authorization === undefined ? {} : { authorization }),
  });
  if (status === 304 && kept !== undefined) return decode(kept);
  const [etag, lastModified] = [header("etag"), header("last-modified")];
  const digest = await job.store.blobs.put(bytes);
  await job.store.answers.put(question, {
    version: "",
    digest,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  });
  return decode(bytes);
}

/** The headers that ask for content only if it is not what it was. */
export function conditions(last: { readonly etag?: string; readonly lastModified?: string }): {
  readonly [name: string]: string;
} {
  return {
    ...(last.etag === undefined ? {} : { "if-none-match": last.etag }),
    ...(last.lastModified === undefined ? {} : { "if-modified-since": last.lastModified }),
  };
}

function indexUrl(repository: URL): string {
  const url = new URL(repository);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/index.yaml`;
  return url.href;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
