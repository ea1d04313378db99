import { authorizationOf } from "../credentials/credential.ts";
import { RemoteFailure, shown } from "../failure.ts";
import type { HttpAnswer, HttpRequest } from "../http/request.ts";
import type { Job } from "../job.ts";
import { megabytes } from "../limits.ts";
import type { Address } from "./address.ts";
import { ownCredential } from "./own-credential.ts";

interface Headers {
  readonly [name: string]: string;
}

/** The server of a repository, as Git's smart protocol has it. */
export interface Upstream {
  /** What the server says about itself. */
  advertisement(headers: Headers): Promise<{ readonly bytes: Uint8Array; readonly type: string }>;
  /** Hands on a request, and its answer piece by piece. */
  ask(body: Uint8Array, headers: Headers, sink: (piece: Uint8Array) => Promise<void>): Promise<void>;
  /** Whether it hands out whatever it has, and not only what it names: the second version of the protocol. */
  servesAll(): boolean;
  /** Bytes of answers that have come. */
  received(): number;
}

const advertised = "application/x-git-upload-pack-advertisement";
const suffix = "/info/refs?service=git-upload-pack";

/** Opens the server of a repository; the first answer says where it really is, and whether it wants a credential. */
export function openUpstream({ url, shown: address }: Address & { readonly kind: "http" }, job: Job): Upstream {
  const what = `the repository ${address}`;
  const { repositoryBytes } = job.limits;
  let base = url.href;
  let authorization: string | undefined;
  let received = 0;
  let servesAll = false;
  const credentialed = (request: HttpRequest): HttpRequest =>
    authorization === undefined ? request : { ...request, authorization };
  const askRefs = async (request: HttpRequest): Promise<HttpAnswer> => {
    authorization = authorizationOf(await job.credentials(url.href));
    if (authorization !== undefined || !job.ownGit) return job.http.ask(credentialed(request));
    // Git's helpers may ask a keychain, which is for servers that want it.
    const answer = await job.http.ask({ ...request, expected: [401] });
    if (answer.status !== 401) return answer;
    authorization = authorizationOf(await ownCredential(url));
    return job.http.ask(credentialed(request));
  };
  return {
    servesAll: () => servesAll,
    received: () => received,
    advertisement: async (headers) => {
      const maxBytes = job.limits.indexBytes;
      const answer = await askRefs({ url: `${url.href}${suffix}`, what, maxBytes, inflate: true, headers });
      const type = answer.header("content-type") ?? "";
      if (type !== advertised) {
        throw new RemoteFailure("absent", `${what}: ${shown(answer.url)} is not served as a repository of Git's`);
      }
      const { href } = answer.url;
      if (!href.endsWith(suffix)) {
        throw new RemoteFailure("absent", `${what} redirects to ${shown(answer.url)}, which is not a repository`);
      }
      servesAll = Buffer.from(answer.bytes.subarray(0, 100)).includes("version 2\n");
      base = href.slice(0, -suffix.length);
      // A credential is for the host that it was read for.
      if (answer.url.origin !== url.origin) authorization = undefined;
      return { bytes: answer.bytes, type };
    },
    ask: async (body, headers, sink) => {
      // Git keeps a list of references in memory, and writes objects to a file.
      const isList = Buffer.from(body).includes("command=ls-refs");
      const maxBytes = isList ? Math.min(job.limits.indexBytes, repositoryBytes) : repositoryBytes;
      const request = { url: `${base}/git-upload-pack`, what, maxBytes, headers, body };
      await job.http.ask(
        credentialed({
          ...request,
          sink: async (piece) => {
            received += piece.length;
            if (received > repositoryBytes) {
              throw new RemoteFailure("refused", `${what} is larger than ${megabytes(repositoryBytes)}`);
            }
            await sink(piece);
          },
        }),
      );
    },
  };
}
