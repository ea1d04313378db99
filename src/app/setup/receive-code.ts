import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { renderNotice } from "../../report/page/render-page.ts";
import { renderRegistration } from "../../report/page/register-page.ts";
import { pageHeaders } from "../reports/page-headers.ts";
import { appManifest } from "./app-manifest.ts";

/** What came back from GitHub, as the page tells it to the user. */
export type Received =
  | { readonly kind: "registered"; readonly name: string }
  | { readonly kind: "failed"; readonly reason: string };

/** A server on loopback that leads a browser to GitHub and receives it back with a code. */
export interface CodeReceiver {
  /** The page to open. */
  readonly url: string;
  /** Takes what a user pasted: the address that the browser was sent back to, or the code in it. False if it is neither. */
  paste(text: string): boolean;
  close(): Promise<void>;
}

/** What `receiveCode` needs. */
export interface ReceiverOptions {
  /** GitHub's page that takes the manifest. */
  readonly register: string;
  readonly name: string;
  readonly publicUrl: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Called with each code that came with the right state. */
  onCode(code: string): Promise<Received>;
}

const LONGEST_CODE = 200;

/** Starts the server. Rejects if the port is taken. */
export async function receiveCode(options: ReceiverOptions): Promise<CodeReceiver> {
  const [token, state] = [secret(), secret()];
  const server = createServer();
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const start = `/${token}`;
  const manifest = appManifest({ ...options, redirectUrl: `${origin}/registered` });
  const page = renderRegistration({
    action: `${options.register}?state=${state}`,
    manifest: JSON.stringify(manifest),
    name: options.name,
    github: new URL(options.register).host,
  });

  const codeIn = (address: URL): string | undefined => {
    const given = address.searchParams.get("state") ?? "";
    const code = address.searchParams.get("code") ?? "";
    return same(given, state) && isCode(code) ? code : undefined;
  };
  const answer = async (request: IncomingMessage): Promise<{ readonly status: number; readonly html: string }> => {
    // A name of somebody's server that leads to this address would let its pages read these.
    const known = [origin, origin.replace("127.0.0.1", "localhost")].includes(`http://${request.headers.host}`);
    if (!known || request.method !== "GET") return { status: 404, html: renderNotice("Not found", "Nothing is here.") };
    const address = new URL(request.url ?? "/", origin);
    if (address.pathname === start) return { status: 200, html: page };
    if (address.pathname !== "/registered") return { status: 404, html: renderNotice("Not found", "Nothing is here.") };
    const code = codeIn(address);
    if (code === undefined) {
      const text = "This is not an answer to the request of this setup. Open the address that the terminal shows.";
      return { status: 400, html: renderNotice("Not registered", text) };
    }
    const received = await options.onCode(code);
    return received.kind === "registered"
      ? {
          status: 200,
          html: renderNotice(
            `${received.name} is registered`,
            "The terminal tells what comes next. You can close this page.",
          ),
        }
      : { status: 502, html: renderNotice("Not registered", received.reason) };
  };
  serve(server, answer, pageHeaders(new URL(options.register).origin));
  return {
    url: `${origin}${start}`,
    paste: (text) => {
      const code = URL.canParse(text) ? codeIn(new URL(text)) : isCode(text) ? text : undefined;
      if (code !== undefined) void options.onCode(code);
      return code !== undefined;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      // The last answer is still being sent, and a browser may hold a connection in store.
      await Promise.race([closed, sleep(1_000, undefined, { ref: false })]);
      server.closeAllConnections();
    },
  };
}

function serve(
  server: Server,
  answer: (request: IncomingMessage) => Promise<{ readonly status: number; readonly html: string }>,
  headers: { readonly [name: string]: string },
): void {
  server.on("request", (request, response) => {
    answer(request)
      .catch(() => ({ status: 500, html: renderNotice("Not registered", "The terminal tells what went wrong.") }))
      .then(({ status, html }) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        response.writeHead(status, {
          "content-type": "text/html; charset=utf-8",
          "x-content-type-options": "nosniff",
          "cache-control": "no-store",
          connection: "close",
        });
        response.end(html);
      })
      .catch(() => undefined);
  });
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function isCode(text: string): boolean {
  return /^[\w-]+$/.test(text) && text.length <= LONGEST_CODE;
}

function same(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
