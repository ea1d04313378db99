import type { LookupFunction } from "node:net";
import type { Dispatcher, request as sendRequest } from "undici";

/** One exchange with a server, without anything followed. */
export interface Exchange {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
  readonly body: AsyncIterable<Uint8Array> & { destroy(): void };
}

/** Speaks to servers, directly or through the proxies of the environment. */
export interface Transport {
  send(url: URL, headers: { readonly [name: string]: string }, options: SendOptions): Promise<Exchange>;
}

interface SendOptions {
  readonly signal: AbortSignal;
  /** Sent with POST; absent: GET. */
  readonly body?: string | Uint8Array;
}

/** Opens a transport whose direct connections find addresses with `lookup`. Loads its library when it is first used. */
export function openTransport(lookup: LookupFunction): Transport {
  let opened: Promise<{ readonly request: typeof sendRequest; readonly dispatcher: Dispatcher }> | undefined;
  const open = async () => {
    const { EnvHttpProxyAgent, request } = await import("undici");
    // Our own clocks run instead of the library's, which are coarser.
    const clocks = { headersTimeout: 0, bodyTimeout: 0, connectTimeout: 0 };
    return { request, dispatcher: new EnvHttpProxyAgent({ connect: { lookup }, ...clocks }) };
  };
  return {
    send: async (url, headers, { signal, body }) => {
      opened ??= open();
      const { request, dispatcher } = await opened;
      const method = body === undefined ? "GET" : "POST";
      const answer = await request(url, {
        dispatcher,
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body }),
      });
      // A body that is destroyed before its end emits an error, which must not end the process.
      answer.body.on("error", () => {});
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    },
  };
}

/** Whether the environment names a proxy for HTTPS, as the transport reads it. */
export function hasProxy(environment: NodeJS.ProcessEnv = process.env): boolean {
  return ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].some((name) => Boolean(environment[name]));
}
