import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A request as a test looks at it afterwards. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server on loopback, with what it was asked. */
export interface Loopback {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly host: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** Answers one request; what it returns is awaited, and a failure is an answer 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts an HTTP server on loopback; with a key and certificate an HTTPS one. */
export async function startLoopback(
  handler: Handler,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Loopback> {
  const seen: Seen[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    void (async () => {
      try {
        await handler(request, response);
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    })();
  };
  const server: Server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `${tls === undefined ? "http" : "https"}://${host}`,
    host,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
