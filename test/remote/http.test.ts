import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "@jest/globals";
import type { RemoteOutcome } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { startLoopback, type Handler, type Loopback } from "../support/remote-servers/loopback.ts";

const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const start = async (handler: Handler): Promise<Loopback> => {
  const server = await startLoopback(handler);
  open.push(server);
  return server;
};
const allowing = async (servers: readonly Loopback[], more: Partial<RemotesOptions> = {}): Promise<RemotesOptions> =>
  jobOptions(
    await storeDirectory(),
    servers.map(({ origin }) => `${origin}/**`),
    more,
  );
const fetchFrom = async (server: Loopback, more: Partial<RemotesOptions> = {}): Promise<RemoteOutcome> =>
  fetchOnce(await allowing([server], more), { kind: "file", url: `${server.origin}/a.yaml` });

test("a file is named by the last part of its URL's path", async () => {
  const server = await start((_, response) => response.end("a: 1\n"));
  const content = await fetchContent(await allowing([server]), {
    kind: "file",
    url: `${server.origin}/x/b.yaml?token=1`,
  });
  expect(content).toMatchObject({ version: "", digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  expect(await textsOf(content)).toEqual({ "b.yaml": "a: 1\n" });
});

test("a file that did not change is not downloaded again", async () => {
  const server = await start((request, response) =>
    request.headers["if-modified-since"] === "Thu, 01 Jan 2026 00:00:00 GMT"
      ? response.writeHead(304).end()
      : response.writeHead(200, { "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" }).end("a: 1\n"),
  );
  const options = await allowing([server]);
  for (const _ of [1, 2]) {
    const content = await fetchContent(options, { kind: "file", url: `${server.origin}/a.yaml` });
    expect(await textsOf(content)).toEqual({ "a.yaml": "a: 1\n" });
  }
  expect(server.seen).toHaveLength(2);
});

test("up to five redirects are followed", async () => {
  const server = await start((request, response) => {
    const left = Number(request.url?.slice(1));
    return left === 0 ? response.end("a: 1\n") : response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  const options = await allowing([server]);
  expect(await fetchOnce(options, { kind: "file", url: `${server.origin}/5` })).toMatchObject({ kind: "found" });
  expect(await fetchOnce(options, { kind: "file", url: `${server.origin}/6` })).toEqual({
    kind: "absent",
    message: `${server.origin}/6 is behind more than 5 redirects`,
  });
});

test.each([
  ["where clouds tell secrets", "https://169.254.169.254/latest/meta-data", "169.254.169.254 is not a public address"],
  ["plain HTTP", "http://example.com/a.yaml", "http://example.com/a.yaml is not HTTPS"],
  ["a file", "file:///etc/passwd", "is not HTTPS"],
  ["credentials", "https://me:secret@example.com/", "https://example.com/ is written with credentials"],
  ["this machine", "https://localhost:1/a.yaml", "localhost:1 is not a public address"],
  ["nowhere", "https://", "its URL cannot be read"],
])("a redirect to %s is refused", async (_, location, message) => {
  const server = await start((_request, response) => response.writeHead(301, { location }).end());
  expect(await fetchFrom(server)).toEqual({ kind: "refused", message: expect.stringContaining(message) });
});

test("credentials follow to no other origin, and not back either", async () => {
  const other: Loopback = await start((_, response) =>
    response.writeHead(302, { location: `${server.origin}/back` }).end(),
  );
  const server: Loopback = await start((request, response) => {
    if (request.url === "/back") return response.end("a: 1\n");
    if (request.url === "/here") return response.writeHead(302, { location: `${other.origin}/there` }).end();
    return response.writeHead(302, { location: "/here" }).end();
  });
  const credentials = async () => ({ token: "secret" });
  const options = await allowing([server, other], { credentials });
  expect(await fetchOnce(options, { kind: "file", url: `${server.origin}/a.yaml` })).toMatchObject({ kind: "found" });

  expect(server.seen.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/a.yaml", "Bearer secret"],
    ["/here", "Bearer secret"],
    ["/back", undefined],
  ]);
  expect(other.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("what never ends is refused once it is too large", async () => {
  const server = await start((_, response) => {
    const chunk = Buffer.alloc(65_536, "a");
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", more);
    more();
  });
  expect(await fetchFrom(server, { limits: { archiveBytes: 2_000_000 } })).toEqual({
    kind: "refused",
    message: `${server.origin}/a.yaml is larger than 2 MB`,
  });
});

test("what is compressed counts as it is once inflated", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const server = await start((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
  expect(await fetchFrom(server, { limits: { archiveBytes: 1_000_000 } })).toEqual({
    kind: "refused",
    message: `${server.origin}/a.yaml is larger than 1 MB`,
  });
  const honest = gzipSync("a: 1\n");
  const other = await start((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(honest));
  expect(await fetchFrom(other)).toMatchObject({
    kind: "found",
    content: { digest: expect.stringMatching(/^sha256:/) },
  });
});

test.each([
  ["does not answer", () => {}],
  ["falls silent", (_: unknown, response: { write(text: string): unknown }) => response.write("a: ")],
] as const)("a server that %s gives no answer", async (_, handler) => {
  const server = await start(handler as Handler);
  expect(await fetchFrom(server, { limits: { silence: 200 } })).toEqual({
    kind: "unanswered",
    message: `${server.origin}/a.yaml: ${server.host} was silent for 0.2 s`,
  });
});

test("a server that keeps on speaking slowly gives no answer", async () => {
  const server = await start((_, response) => {
    const timer = setInterval(() => response.write("a"), 20);
    response.on("close", () => clearInterval(timer));
  });
  expect(await fetchFrom(server, { limits: { silence: 5_000, request: 400 } })).toEqual({
    kind: "unanswered",
    message: `${server.origin}/a.yaml: ${server.host} did not finish within 0.4 s`,
  });
});

test.each([
  ["more", "100", "half"],
  ["less", "2", "more than two"],
])("a body whose length is said to be %s is never taken for what it is not", async (_, length, body) => {
  const server = await start((request) => {
    request.socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${body}`);
  });
  const outcome = await fetchFrom(server);
  if (outcome.kind === "found")
    expect(await textsOf(outcome.content)).toEqual({ "a.yaml": body.slice(0, Number(length)) });
  else expect(outcome.kind).toBe("unanswered");
});

test("it is tried again as often as is said, as late as the server wants", async () => {
  let count = 0;
  const server = await start((_, response) => {
    count++;
    return count < 3 ? response.writeHead(429, { "retry-after": "0" }).end() : response.end("a: 1\n");
  });
  const limits = { pause: 1, longestPause: 1_500 };
  expect(await fetchFrom(server, { tries: 2, limits })).toMatchObject({ kind: "unanswered" });
  count = 0;
  expect(await fetchFrom(server, { tries: 3, limits })).toMatchObject({ kind: "found" });

  const before = Date.now();
  const later = await start((_, response) =>
    later.seen.length === 1 ? response.writeHead(503, { "retry-after": "1" }).end() : response.end("a: 1\n"),
  );
  expect(await fetchFrom(later, { tries: 2, limits })).toMatchObject({ kind: "found" });
  expect(Date.now() - before).toBeGreaterThanOrEqual(1_000);

  const hours = await start((_, response) =>
    response.writeHead(503, { "retry-after": "3600" }).end("come back tomorrow"),
  );
  expect(await fetchFrom(hours, { tries: 3, limits })).toMatchObject({
    kind: "unanswered",
    message: expect.stringContaining("answered 503 Service Unavailable: come back tomorrow"),
  });
  expect(hours.seen).toHaveLength(1);
});

test("a server that is not there is asked once for all references", async () => {
  const server = await start(() => {});
  const options = await allowing([server], { tries: 2, limits: { pause: 1 } });
  await server.close();
  const remotes = createRemotes(options);
  const outcome = await remotes.fetch({ kind: "file", url: `${server.origin}/a.yaml` });
  expect(outcome).toEqual({
    kind: "unanswered",
    message: `${server.origin}/a.yaml: ${server.host} gave no answer: it refuses connections`,
  });
  expect(await remotes.fetch({ kind: "file", url: `${server.origin}/b.yaml` })).toEqual({
    kind: "unanswered",
    message: `${server.origin}/b.yaml: ${server.host} gave no answer: it refuses connections`,
  });
});

const manyFiles = (server: Loopback, count: number) =>
  Array.from({ length: count }, (_, at) => ({ kind: "file" as const, url: `${server.origin}/${at}.yaml` }));

test.each<[string, (response: ServerResponse) => unknown, number]>([
  ["answers 503", (response) => response.writeHead(503).end("down for maintenance"), 9],
  [
    "drops every connection within its answer",
    (response) => response.write("a: ", () => setTimeout(() => response.destroy(), 20)),
    9,
  ],
  ["wants not to be asked for an hour", (response) => response.writeHead(429, { "retry-after": "3600" }).end(), 1],
])("a server that %s is asked a few times for any number of references", async (_, answer, most) => {
  const server = await start((_request, response) => answer(response));
  const remotes = createRemotes(await allowing([server], { tries: 3, limits: { pause: 1, atOnce: 1 } }));
  const outcomes = await Promise.all(manyFiles(server, 200).map((file) => remotes.fetch(file)));

  expect(server.seen).toHaveLength(most);
  for (const [at, outcome] of outcomes.entries()) {
    expect(outcome).toMatchObject({ kind: "unanswered", message: expect.stringContaining(`/${at}.yaml: `) });
  }
});

test("a server that answers now and then is never given up", async () => {
  const server = await start((request, response) =>
    Number(/\d+/.exec(request.url ?? "")?.[0]) % 3 === 0 ? response.end("a: 1\n") : response.writeHead(503).end(),
  );
  const remotes = createRemotes(await allowing([server], { limits: { atOnce: 1 } }));
  const kinds = await Promise.all(manyFiles(server, 30).map(async (file) => (await remotes.fetch(file)).kind));
  expect(kinds.filter((kind) => kind === "found")).toHaveLength(10);
});

test("without a network, a few servers are tried three times and every other one once", async () => {
  const servers = await Promise.all(
    Array.from({ length: 8 }, () => start((_, response) => void response.socket?.destroy())),
  );
  const remotes = createRemotes(await allowing(servers, { tries: 3, limits: { atOnce: 1 } }));
  for (const server of servers)
    expect(await remotes.fetch({ kind: "file", url: `${server.origin}/a.yaml` })).toMatchObject({ kind: "unanswered" });
  expect(servers.map(({ seen }) => seen.length)).toEqual([3, 3, 3, 1, 1, 1, 1, 1]);
});

test("all that servers take of a job's time is bounded", async () => {
  const server = await start(async (_, response) => {
    await pause(100);
    response.end("a: 1\n");
  });
  const remotes = createRemotes(await allowing([server], { limits: { job: 1_000, atOnce: 1 } }));
  const outcomes = await Promise.all(manyFiles(server, 40).map((file) => remotes.fetch(file)));
  expect(outcomes[0]).toMatchObject({ kind: "found" });
  expect(outcomes.at(-1)).toEqual({
    kind: "unanswered",
    message: `${server.origin}/39.yaml: servers took more than 1 s of this job`,
  });
});

test.each([401, 403, 404, 410])("status %s is absent", async (status) => {
  const server = await start((_, response) =>
    response.writeHead(status).end("no\u001b[31m such\u202e thing\nsecond line"),
  );
  const outcome = await fetchFrom(server, { tries: 3 });
  expect(outcome).toMatchObject({
    kind: "absent",
    message: expect.stringMatching(/answered \d+ [\w ]+: no \[31m such thing$/),
  });
  expect(server.seen).toHaveLength(1);
});

test("the words of a server are bounded, and a page is none", async () => {
  const endless = await start((_, response) => response.writeHead(404).end("no ".repeat(1_000_000)));
  const outcome = await fetchFrom(endless);
  expect(outcome.kind === "absent" && outcome.message.length < 500).toBe(true);

  const page = await start((_, response) => response.writeHead(404).end("<!DOCTYPE html><title>Not found</title>"));
  expect(await fetchFrom(page)).toMatchObject({ message: expect.stringMatching(/answered 404 Not Found$/) });
});

test("the query of a URL, which may be a signature, is in no message", async () => {
  const server = await start((_, response) => response.writeHead(404).end());
  const url = `${server.origin}/a.yaml?X-Signature=secret`;
  expect(JSON.stringify(await fetchOnce(await allowing([server]), { kind: "file", url }))).not.toContain("secret");
});

test("a stopped job waits for nothing", async () => {
  const server = await start(() => {});
  const stop = new AbortController();
  const outcome = fetchFrom(server, { tries: 3, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  expect(await outcome).toEqual({ kind: "unanswered", message: `${server.origin}/a.yaml: the job was stopped` });
});

test("a job has so many references, and holds so many bytes", async () => {
  const server = await start((request, response) => response.end(`${request.url}`.padEnd(600, "x")));
  const files = ["/a", "/b", "/c", "/a"].map((path) => ({ kind: "file" as const, url: `${server.origin}${path}` }));
  const kinds = async (limits: RemotesOptions["limits"]): Promise<readonly string[]> => {
    const remotes = createRemotes({ ...(await allowing([server])), limits: { ...limits, atOnce: 1 } });
    return Promise.all(files.map(async (file) => (await remotes.fetch(file)).kind));
  };
  expect(await kinds({ references: 2 })).toEqual(["found", "found", "refused", "found"]);
  expect(await kinds({ jobBytes: 1_300 })).toEqual(["found", "found", "refused", "found"]);
});
