import type { IncomingMessage, ServerResponse } from "node:http";
import type { RemoteOutcome, RemoteReference } from "../../../../src/model/remotes.ts";
import { DEFAULT_BUDGET } from "../../../../src/manifest/budget.ts";
import { createRemotes, type RemotesOptions } from "../../../../src/remote/create-remotes.ts";
import type { RemoteLimits } from "../../../../src/remote/limits.ts";
import { jobOptions } from "../job.ts";
import { startLoopback, type Handler, type Loopback } from "../loopback.ts";

/** Says the same again and again until nobody listens. */
export async function drip(
  response: ServerResponse,
  piece: string | Uint8Array,
  wait: () => Promise<unknown> = async () => {},
): Promise<true> {
  while (!response.destroyed) {
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.off("drain", go).off("close", go);
          resolve();
        };
        response.on("drain", go).on("close", go);
      });
    }
    await wait();
  }
  return true;
}

/** What an attack is made of: servers, and how large it must be to be one. */
export interface Stage {
  readonly limits: RemoteLimits;
  /** A directory for what servers serve. */
  readonly directory: string;
  /** Starts a server that the configuration names. */
  readonly serve: (handler: Handler) => Promise<Loopback>;
  /** Makes a server's end that of the stage. */
  readonly closes: (server: { close(): Promise<void> }) => void;
  /** A server on loopback that nothing permits to be asked. */
  readonly forbidden: Loopback;
  /** On another host than what credentials are for. A plan names it where it may be asked. */
  readonly foreign: Loopback;
}

/** What is fetched in an attack. It can be handed to another process. */
export interface Plan {
  readonly references: readonly RemoteReference[];
  /** Patterns of the servers that the configuration names. */
  readonly hosts: readonly string[];
  /** What names of hosts mean, when they are asked for the first time, the second time… */
  readonly names?: { readonly [host: string]: readonly string[] };
  /** The start of the URLs that there is a password for. */
  readonly secretFor?: string;
}

export interface Attack {
  readonly name: string;
  /** What each outcome must be, and a part of its message; of content that may be had, its bytes. */
  readonly expected: readonly [kind: RemoteOutcome["kind"] | "unreadable", message: string | RegExp];
  readonly prepare: (stage: Stage) => Promise<Plan>;
}

/** A password that must appear nowhere. */
export const secret = "hush-hush-4711";

const foreignName = "foreign.example.com";

/** The options for a plan. */
function optionsOf(plan: Plan, directory: string, limits: Partial<RemoteLimits>): RemotesOptions {
  const asked = new Map<string, number>();
  return jobOptions(directory, plan.hosts, {
    limits,
    credentials: async (url) =>
      plan.secretFor !== undefined && url.startsWith(plan.secretFor)
        ? { username: "reader", password: secret }
        : undefined,
    resolve: async (host) => {
      const meanings = plan.names?.[host] ?? (host === foreignName ? ["127.0.0.1"] : [host]);
      const at = asked.get(host) ?? 0;
      asked.set(host, at + 1);
      const address = meanings[Math.min(at, meanings.length - 1)] ?? host;
      return [{ address, family: address.includes(":") ? 6 : 4 }];
    },
  });
}

/** What came of one reference. */
export interface Result {
  readonly kind: RemoteOutcome["kind"] | "unreadable";
  readonly message: string;
}

/** Fetches what a plan says in one job, and reads all files of what is found. */
export async function carryOut(
  plan: Plan,
  directory: string,
  limits: Partial<RemoteLimits>,
): Promise<readonly Result[]> {
  const remotes = createRemotes(optionsOf(plan, directory, limits));
  return Promise.all(plan.references.map(async (reference) => read(await remotes.fetch(reference))));
}

async function read(outcome: RemoteOutcome): Promise<Result> {
  if (outcome.kind !== "found") return { kind: outcome.kind, message: outcome.message };
  const { tree, digest } = outcome.content;
  try {
    const entries = await tree.list();
    // As those who render do, who look at the size first.
    const readable = entries.filter(({ kind, size = 0 }) => kind === "file" && size <= DEFAULT_BUDGET.fileBytes);
    let bytes = 0;
    for await (const file of tree.readAll(readable.map(({ path }) => path))) {
      bytes += file.bytes.length;
    }
    return { kind: "found", message: `${digest}, ${entries.length} files of ${bytes} bytes` };
  } catch (error) {
    return { kind: "unreadable", message: error instanceof Error ? error.message : String(error) };
  }
}

/** Starts the servers of a stage. */
export async function openStage(
  limits: RemoteLimits,
  directory: string,
): Promise<Stage & { close(): Promise<void>; readonly servers: readonly Loopback[] }> {
  const servers: Loopback[] = [];
  const others: { close(): Promise<void> }[] = [];
  const serve = async (handler: Handler): Promise<Loopback> => {
    const server = await startLoopback(handler);
    servers.push(server);
    return server;
  };
  const say = (_: IncomingMessage, response: ServerResponse): unknown => response.end('{"token":"foreign"}');
  const [forbidden, other] = [await startLoopback(say), await startLoopback(say)];
  const foreign = { ...other, origin: other.origin.replace("127.0.0.1", foreignName) };
  return {
    limits,
    directory,
    serve,
    closes: (server) => void others.push(server),
    forbidden,
    foreign,
    servers,
    close: async () => {
      await Promise.all([...servers, forbidden, foreign, ...others].map((server) => server.close()));
    },
  };
}

/** A plan for one file of a server. */
export const fileOf = (server: Loopback, path = "a.yaml"): Plan => ({
  references: [{ kind: "file", url: `${server.origin}/${path}` }],
  hosts: [`${server.origin}/**`],
  secretFor: server.origin,
});

/** A plan for a chart of a Helm repository. */
export const chartOf = (server: Loopback, version = "1.0.0"): Plan => ({
  references: [{ kind: "chart", repository: `${server.origin}/charts`, name: "web", version }],
  hosts: [`${server.origin}/**`],
  secretFor: server.origin,
});
