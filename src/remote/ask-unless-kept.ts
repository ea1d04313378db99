import type { HttpRequest } from "./http/request.ts";
import type { Job } from "./job.ts";

/** Downloads what may change at its address. What the store has is asked for only in case it did. */
export async function askUnlessKept(request: HttpRequest, job: Job): Promise<Uint8Array> {
  const question = JSON.stringify(["url", request.url]);
  const last = await job.store.answers.read(question);
  const kept = last === undefined ? undefined : await job.store.blobs.read(last.digest);
  const conditions = kept === undefined ? {} : { "if-none-match": last?.etag, "if-modified-since": last?.lastModified };
  const { status, bytes, header } = await job.http.ask({
    ...request,
    expected: kept === undefined ? [] : [304],
    headers: stated(conditions),
  });
  if (status === 304 && kept !== undefined) return kept;
  const digest = await job.store.blobs.put(bytes);
  const known = stated({ etag: header("etag"), lastModified: header("last-modified") });
  await job.store.answers.put(question, { version: "", digest, ...known });
  return bytes;
}

function stated(values: { readonly [name: string]: string | undefined }): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
