import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RemoteFailure } from "../failure.ts";
import type { Job } from "../job.ts";
import { openUpstream, type Upstream } from "./upstream.ts";
import type { Address } from "./address.ts";

/**
 * What Git speaks to in place of a server: on loopback, for the time of one command. It hands Git's requests on under
 * the rules of this room, so that Git itself sees neither the network nor a credential.
 */
export interface Relay {
  readonly url: string;
  /** With which Git may speak to the relay, and to nothing else. */
  readonly network: { readonly [name: string]: string };
  /** Why a request of Git's was not answered. */
  failure(): RemoteFailure | undefined;
  /** Whether that was after a part of the answer. */
  isBroken(): boolean;
  /** Whether the server hands out whatever it has, and not only what it names. */
  servesAll(): boolean;
  /** Bytes of objects that have come. */
  received(): number;
  close(): Promise<void>;
}

/** A request says which commits are wanted and which are there already. */
const longestRequest = 16_000_000;
const service = "git-upload-pack";

/** Opens the relay to a repository. */
export async function openRelay(address: Address & { readonly kind: "http" }, job: Job): Promise<Relay> {
  const upstream = openUpstream(address, job);
  // Other people of this machine may find the port.
  const key = randomBytes(32).toString("hex");
  let failure: RemoteFailure | undefined;
  let isBroken = false;
  const server = createServer((request, response) => {
    if (request.headers["portcullis-relay"] !== key) return response.writeHead(403).end();
    answer(request, response, upstream).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      const said = error instanceof RemoteFailure ? error : new RemoteFailure("unanswered", `${address.shown}: ${why}`);
      // Where Git stopped listening, its own words say why.
      if (!response.destroyed || said.kind === "refused") failure ??= said;
      isBroken ||= response.headersSent;
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    return undefined;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/repository`,
    network: {
      GIT_ALLOW_PROTOCOL: "http",
      NO_PROXY: "*",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `Portcullis-Relay: ${key}`,
    },
    failure: () => failure,
    isBroken: () => isBroken,
    servesAll: () => upstream.servesAll(),
    received: () => upstream.received(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, upstream: Upstream): Promise<void> {
  const asked = `${request.method} ${request.url}`;
  const headers = headersOf(request);
  if (asked === `GET /repository/info/refs?service=${service}`) {
    const { bytes, type } = await upstream.advertisement(headers);
    response.writeHead(200, { "content-type": type }).end(bytes);
  } else if (asked === `POST /repository/${service}`) {
    const body = await bodyOf(request);
    await upstream.ask(body, headers, async (piece) => {
      if (response.destroyed) throw new Error("Git has stopped listening");
      if (!response.headersSent) response.writeHead(200, { "content-type": `application/x-${service}-result` });
      if (!response.write(piece)) await drained(response);
    });
    if (!response.headersSent) response.writeHead(200, { "content-type": `application/x-${service}-result` });
    response.end();
  } else {
    response.writeHead(404).end();
  }
}

/** What servers know Git and the version of its protocol by. */
function headersOf({ headers }: IncomingMessage): { readonly [name: string]: string } {
  return Object.fromEntries(
    ["accept", "user-agent", "git-protocol", "content-type", "content-encoding"].flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    length += piece.length;
    if (length > longestRequest) throw new Error("Git asks for too much");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      resolve();
    };
    response.on("drain", go).on("close", go);
  });
}
