import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { ServerResponse } from "node:http";
import type { RemoteOutcome, RemoteReference } from "../../../src/model/remotes.ts";
import { createRemotes } from "../../../src/remote/create-remotes.ts";
import { defaultLimits } from "../../../src/remote/limits.ts";
import type { Random } from "../../../test/manifest/generate-yaml.ts";
import { tar, type TarEntry } from "../../../test/support/remote-servers/archives.ts";
import { jobOptions, storeDirectory } from "../../../test/support/remote-servers/job.ts";
import { startLoopback } from "../../../test/support/remote-servers/loopback.ts";
import { mustBeAlike, mustHold, type FuzzTarget } from "../fuzzer.ts";
import { hostileText } from "../hostile-text.ts";
import { mutateBytes } from "../mutate-bytes.ts";

/** So small that what is endless ends soon, and so patient that a busy machine ends nothing. */
const limits = { ...defaultLimits, archiveBytes: 100_000, indexBytes: 100_000, unpackedBytes: 300_000, files: 50 };

/** What a server answers to a path. */
type Answer = (response: ServerResponse) => unknown;

interface Case {
  readonly reference: RemoteReference;
  readonly answers: ReadonlyMap<string, Answer>;
  /** Whether what is served is what its digest says. */
  readonly isTrue: boolean;
}

/** Servers that answer anything: refused in words and within limits, and what a digest does not say is never used. */
export const target: FuzzTarget = {
  inTests: 150,
  async open() {
    let answers: ReadonlyMap<string, Answer> = new Map();
    const server = await startLoopback((request, response) => {
      const answer = answers.get((request.url ?? "").split("?")[0] ?? "");
      return answer === undefined ? response.writeHead(404).end("no") : answer(response);
    });
    const directory = await storeDirectory();
    const hosts = [`${server.origin}/**`, `oci+http://${server.host}/**`];
    const fetchOne = (reference: RemoteReference): Promise<RemoteOutcome> =>
      createRemotes(jobOptions(directory, hosts, { limits })).fetch(reference);
    return {
      async run(random, index) {
        const made = random.pick([fileCase, chartCase, artifactCase])(random, server.host, `c${index}`);
        ({ answers } = made);
        const asked = server.seen.length;
        const outcome = await fetchOne(made.reference);
        mustHold(server.seen.length - asked <= 60, () => `${server.seen.length - asked} requests`);
        server.seen.length = 0;
        const again = await fetchOne(made.reference);
        mustBeAlike(told(outcome), told(again), "asked twice");
        if (outcome.kind !== "found") {
          mustHold(
            outcome.message !== "" && !/\p{Cc}/u.test(outcome.message) && outcome.message.length < 4_000,
            () => `the message ${JSON.stringify(outcome.message)}`,
          );
          return `${made.reference.kind} ${outcome.kind}`;
        }
        mustHold(made.isTrue, () => `used against its digest: ${JSON.stringify(made.reference)}`);
        await mustBeWithin(outcome);
        return `${made.reference.kind} found`;
      },
      async close() {
        await server.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  },
};

function told(outcome: RemoteOutcome): string {
  return outcome.kind === "found" ? `found ${outcome.content.version} ${outcome.content.digest}` : outcome.kind;
}

async function mustBeWithin(outcome: RemoteOutcome & { readonly kind: "found" }): Promise<void> {
  const { tree } = outcome.content;
  const entries = await tree.list();
  mustHold(entries.length <= limits.files, () => `${entries.length} files`);
  let bytes = 0;
  for (const { path, kind } of entries) {
    mustHold(
      !path.startsWith("/") && !path.split("/").includes("..") && !path.includes("\\") && !path.includes("\0"),
      () => `the path ${JSON.stringify(path)}`,
    );
    if (kind !== "submodule") bytes += (await tree.read(path)).length;
  }
  mustHold(bytes <= limits.unpackedBytes, () => `${bytes} bytes`);
}

function fileCase(random: Random, host: string, name: string): Case {
  const content = Buffer.from(random.chance(0.5) ? "a: 1\n" : hostileText(random));
  const url = `http://${host}/${name}/a.yaml`;
  const { digest, isTrue } = digestOf(random, content);
  const known = random.chance(0.7);
  return {
    reference: { kind: "file", url, ...(known ? { digest } : {}) },
    answers: new Map([[`/${name}/a.yaml`, answerOf(random, content, url)]]),
    isTrue: isTrue || !known,
  };
}

function chartCase(random: Random, host: string, name: string): Case {
  const archive = archiveOf(random);
  const { digest, isTrue } = digestOf(random, archive);
  const url = random.chance(0.8)
    ? "web-1.0.0.tgz"
    : random.pick(["../../x", "/web", "//evil.example/x", "file:///etc/passwd", "http://169.254.169.254/", "::", ""]);
  const entry = { name: "web", version: "1.0.0", urls: [url], digest: digest.replace("sha256:", "") };
  const index = Buffer.from(JSON.stringify({ apiVersion: "v1", entries: { web: [entry] } }));
  const served = random.chance(0.25) ? mutateBytes(random, index, 1 + random.below(3)) : index;
  return {
    reference: {
      kind: "chart",
      repository: `http://${host}/${name}`,
      name: "web",
      version: random.chance(0.8) ? "1.0.0" : random.pick(["", "*", "^1.0.0", ">=x", "1.0.1"]),
    },
    answers: new Map([
      [
        `/${name}/index.yaml`,
        random.chance(0.8) ? plain(served) : answerOf(random, served, `http://${host}/${name}/index.yaml`),
      ],
      [
        `/${name}/web-1.0.0.tgz`,
        random.chance(0.7) ? plain(archive) : answerOf(random, archive, `http://${host}/${name}/web-1.0.0.tgz`),
      ],
    ]),
    // A changed index may say another digest, or none.
    isTrue: isTrue || served !== index,
  };
}

function artifactCase(random: Random, host: string, name: string): Case {
  const archive = archiveOf(random);
  const { digest, isTrue } = digestOf(random, archive);
  const layer = {
    mediaType: random.chance(0.8) ? "application/vnd.cncf.flux.content.v1.tar+gzip" : hostileText(random).slice(0, 80),
    digest,
    size: random.chance(0.85) ? archive.length : random.pick([0, -1, 1e15, archive.length + 1]),
  };
  const mediaType = random.chance(0.85)
    ? "application/vnd.oci.image.manifest.v1+json"
    : "application/vnd.oci.image.index.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: { ...layer, size: 2 }, layers: [layer] }),
  );
  const served = random.chance(0.2) ? mutateBytes(random, manifest, 1 + random.below(3)) : manifest;
  const asked = digestOf(random, served);
  const pinned = random.chance(0.5);
  const url = `http://${host}/v2/${name}/blobs/${digest}`;
  const headers = {
    "content-type": mediaType,
    ...(random.chance(0.5) ? { "docker-content-digest": asked.digest } : {}),
  };
  const sayManifest: Answer = (response) => response.writeHead(200, headers).end(served);
  return {
    reference: {
      kind: "artifact",
      url: `oci://${host}/${name}`,
      ...(pinned ? { digest: asked.digest } : { tag: "v1" }),
    },
    answers: new Map([
      [`/v2/${name}/manifests/v1`, sayManifest],
      [`/v2/${name}/manifests/${asked.digest}`, sayManifest],
      [`/v2/${name}/blobs/${digest}`, random.chance(0.7) ? plain(archive) : answerOf(random, archive, url)],
    ]),
    isTrue: (isTrue || served !== manifest) && (asked.isTrue || !pinned),
  };
}

function digestOf(random: Random, bytes: Uint8Array): { readonly digest: string; readonly isTrue: boolean } {
  const right = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (random.chance(0.7)) return { digest: right, isTrue: true };
  const wrong = `sha256:${createHash("sha256").update(bytes).update("x").digest("hex")}`;
  return { digest: wrong, isTrue: false };
}

const plain =
  (bytes: Uint8Array): Answer =>
  (response) =>
    response.end(bytes);

/** The bytes, or something else in their place. */
function answerOf(random: Random, bytes: Uint8Array, url: string): Answer {
  const type = random.pick([
    "text/html",
    "application/gzip",
    "x",
    hostileText(random)
      .replaceAll(/[^ -~]/g, "?")
      .slice(0, 60),
  ]);
  const location = random.pick([
    url,
    `${url}?x`,
    "/",
    "http://169.254.169.254/latest",
    "file:///etc/passwd",
    "//evil.invalid/",
    "http://[::1]:1/",
    "javascript:alert(1)",
  ]);
  // Chosen here: a server says the same whenever it is asked.
  const redirect = random.pick([301, 302, 307, 308]);
  const status = random.pick([204, 206, 400, 401, 403, 404, 410, 418]);
  const text = hostileText(random);
  const piece = Buffer.from(random.pick(["x", "a: 1\n", "\u0000"]).repeat(10_000));
  const encoding = random.pick(["br", "gzip", "x"]);
  const damaged = mutateBytes(random, bytes, 1 + random.below(3));
  return random.pick<Answer>([
    (response) => response.writeHead(redirect, { location }).end(),
    (response) => response.writeHead(status).end(text),
    (response) => endless(response, piece),
    (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(2_000_000))),
    (response) => response.writeHead(200, { "content-length": String(bytes.length) }).end(bytes),
    (response) => response.writeHead(200, { "content-type": type }).end(bytes),
    (response) => response.writeHead(200, { "content-encoding": encoding }).end(bytes),
    (response) => response.end(damaged),
    (response) => response.destroy(),
  ]);
}

function endless(response: ServerResponse, piece: Uint8Array): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", more);
  more();
}

const PATHS = [
  "web/Chart.yaml",
  "web/templates/a.yaml",
  "web/values.yaml",
  "Chart.yaml",
  "a.yaml",
  "../x",
  "web/../../x",
  "/etc/x",
  "web//x",
  "web/./x",
  "C:/x",
  "web\\x",
  "web",
  "web/a\u0000b",
  "x".repeat(90),
  "web/é",
];

/** An archive with entries that none should have, now and then damaged. */
function archiveOf(random: Random): Buffer {
  const entries: TarEntry[] = [{ path: "web/Chart.yaml", content: "apiVersion: v2\nname: web\nversion: 1.0.0\n" }];
  const odd = random.chance(0.6) ? 0 : 1 + random.below(4);
  for (let left = odd; left > 0; left -= 1)
    entries.push({
      path: random.pick(PATHS),
      content: random.chance(0.1) ? "x".repeat(400_000) : "a: 1\n",
      ...(random.chance(0.4)
        ? {
            type: random.pick(["1", "2", "3", "4", "5", "6", "7", "x", "g", "L", "K", "\u0000"]),
            link: random.pick(["../../etc/passwd", "/etc/passwd", "Chart.yaml", ""]),
          }
        : {}),
    });
  if (random.chance(0.05)) for (let at = 0; at < 60; at += 1) entries.push({ path: `web/f${at}`, content: "" });
  const plainTar = tar(entries);
  const damaged = random.chance(0.15) ? Buffer.from(mutateBytes(random, plainTar, 1)) : plainTar;
  const zipped = gzipSync(damaged);
  return random.chance(0.15) ? Buffer.from(mutateBytes(random, zipped, 1 + random.below(2))) : zipped;
}
