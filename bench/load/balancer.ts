// What stands before the replicas, as a Service of Kubernetes does: each request goes to the next one that answers.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A balancer on loopback. */
export interface Balancer {
  readonly url: string;
  /** Where the replicas listen now. */
  setTargets(urls: readonly string[]): void;
  close(): Promise<void>;
}

/** Starts a balancer without targets: it answers 502 until it has one. */
export async function startBalancer(): Promise<Balancer> {
  let targets: readonly string[] = [];
  let turn = 0;
  const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = new Uint8Array(await buffer(request));
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === "string" && !/^(?:host|connection|content-length|expect|keep-alive)$/.test(name)
        ? [[name, value] as [string, string]]
        : [],
    );
    const first = turn++;
    for (let n = 0; n < targets.length; n++) {
      const target = targets[(first + n) % targets.length] ?? "";
      try {
        const answer = await fetch(`${target}${request.url}`, { method: request.method ?? "GET", headers, body });
        response.writeHead(answer.status).end(await answer.text());
        return;
      } catch {
        // The next one.
      }
    }
    response.writeHead(502).end();
  };
  const server = createServer((request, response) => void forward(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setTargets(urls) {
      targets = urls;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
