import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { chartArchive } from "../archives.ts";
import { helmConfig, helmLayer } from "../oci-registry.ts";
import type { Loopback } from "../loopback.ts";
import { drip, type Attack, type Plan, type Stage } from "./attack.ts";

const digestOf = (bytes: string | Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const archive = chartArchive("web", "1.0.0");

interface Descriptor {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
}
const manifestOf = (layer: Descriptor = {}, more: readonly object[] = []): string =>
  JSON.stringify({
    config: { mediaType: helmConfig, digest: digestOf("{}"), size: 2 },
    layers: [...more, { mediaType: helmLayer, digest: digestOf(archive), size: archive.length, ...layer }],
  });

type Answers = {
  readonly [part in "manifests" | "tags" | "token"]?: (
    response: ServerResponse,
    server: Loopback,
    url: string,
  ) => unknown;
} & { readonly blobs?: (response: ServerResponse, server: Loopback) => unknown };

/** A registry that answers as it should, but for what an attack has in its place. */
async function registry({ serve }: Stage, answers: Answers, version = "1.0.0"): Promise<Plan> {
  const server: Loopback = await serve((request, response) => {
    const url = request.url ?? "";
    if (url.includes("/token")) return answers.token?.(response, server, url) ?? response.end('{"token":"t"}');
    const wantsToken = answers.token !== undefined && request.headers.authorization?.startsWith("Bearer") !== true;
    if (wantsToken) {
      const challenge = `Bearer realm="${server.origin}/token",service="x"`;
      return response.writeHead(401, { "www-authenticate": challenge }).end();
    }
    if (url.includes("/tags/")) return answers.tags?.(response, server, url) ?? response.end('{"tags":["1.0.0"]}');
    if (url.includes("/manifests/")) return answers.manifests?.(response, server, url) ?? response.end(manifestOf());
    return answers.blobs?.(response, server) ?? response.end(archive);
  });
  return {
    references: [{ kind: "chart", repository: `oci://${server.host}/acme`, name: "web", version }],
    hosts: [`oci+http://${server.host}/**`],
    secretFor: `oci://${server.host}`,
  };
}

const attack = (
  name: string,
  expected: Attack["expected"],
  answers: (stage: Stage) => Answers,
  version?: string,
): Attack => ({
  name: `a registry ${name}`,
  expected,
  prepare: async (stage) => {
    const plan = await registry(stage, answers(stage), version);
    return { ...plan, hosts: [...plan.hosts, `${stage.foreign.origin}/**`] };
  },
});

const challenge = (realm: string): { readonly [name: string]: string } => ({
  "www-authenticate": `Bearer realm="${realm}",service="x"`,
});

/** Registries that lie, never end, or want credentials elsewhere. */
export const registryAttacks: readonly Attack[] = [
  attack("with a manifest that is too large", ["refused", "is larger than 4 MB"], () => ({
    manifests: (response) => response.end(manifestOf({}, [{ x: "x".repeat(5_000_000) }])),
  })),
  attack("with a manifest of tens of thousands of layers", ["found", "1 files"], () => ({
    manifests: (response) =>
      response.end(manifestOf({}, Array(30_000).fill({ mediaType: "x", digest: digestOf("x"), size: 1 }))),
  })),
  attack("with a layer that is said to be smaller than it is", ["found", "1 files"], () => ({
    manifests: (response) => response.end(manifestOf({ size: 1 })),
  })),
  attack("with a layer that is said to be larger than it may be", ["refused", "is larger than"], ({ limits }) => ({
    manifests: (response) => response.end(manifestOf({ size: limits.archiveBytes + 1 })),
  })),
  attack("with a layer that is said to be smaller, and never ends", ["refused", "is larger than"], () => ({
    manifests: (response) => response.end(manifestOf({ size: 1 })),
    blobs: (response) => drip(response, Buffer.alloc(65_536)),
  })),
  attack("with another layer than its digest says", ["absent", "and its server says"], () => ({
    manifests: (response) => response.end(manifestOf({ digest: digestOf("other") })),
  })),
  attack("with a digest that is a path", ["absent", "without a digest of SHA-256"], () => ({
    manifests: (response) => response.end(manifestOf({ digest: "sha256:../../../../etc/passwd" })),
  })),
  attack("with a manifest that is not what it says", ["absent", "and its server says"], () => ({
    manifests: (response) => response.writeHead(200, { "docker-content-digest": digestOf("x") }).end(manifestOf()),
  })),
  attack("with indexes of indexes without end", ["absent", "is an index of indexes"], () => {
    const at = (depth: number): string =>
      JSON.stringify({
        manifests: [{ mediaType: "x", digest: depth === 0 ? digestOf("") : digestOf(at(depth - 1)), size: 1 }],
      });
    const known = new Map(Array.from({ length: 9 }, (_, depth) => [digestOf(at(depth)), at(depth)]));
    return { manifests: (response, _, url) => response.end(known.get(url.split("/").at(-1) ?? "") ?? at(8)) };
  }),
  attack(
    "with pages of tags without end",
    ["refused", /are more than/],
    () => ({
      tags: (response, _, url) =>
        response
          .writeHead(200, { link: `<${url.split("?")[0]}?n=${Math.random()}>; rel="next"` })
          .end('{"tags":["1.0.0"]}'),
    }),
    "*",
  ),
  attack(
    "with tags of megabytes",
    ["refused", /are more than|is larger than|are larger than/],
    ({ limits }) => {
      const page = JSON.stringify({ tags: ["x".repeat(Math.min(9_000_000, limits.indexBytes / 4))] });
      return {
        tags: (response, _, url) =>
          response.writeHead(200, { link: `<${url.split("?")[0]}?n=${Math.random()}>; rel="next"` }).end(page),
      };
    },
    "*",
  ),
  attack("with a token of megabytes", ["refused", "is larger than"], () => ({
    token: (response) => response.end(JSON.stringify({ token: "x".repeat(2_000_000) })),
  })),
  attack("with a token that never ends", ["refused", "is larger than"], () => ({
    token: (response) => drip(response, "x".repeat(65_536)),
  })),
  attack("with a token that is more than a header", ["absent", "gave none"], () => ({
    token: (response) => response.end(JSON.stringify({ token: "x\r\nx-admin: 1" })),
  })),
  attack("whose token server is another host", ["absent", "answered 401"], ({ foreign }) => ({
    manifests: (response) => response.writeHead(401, challenge(`${foreign.origin}/token`)).end(),
  })),
  attack("whose token server may not be asked", ["refused", /is not HTTPS/], ({ forbidden }) => ({
    manifests: (response) => response.writeHead(401, challenge(`${forbidden.origin}/token`)).end(),
  })),
  attack("whose token server is a file", ["refused", "is not HTTPS"], () => ({
    manifests: (response) => response.writeHead(401, challenge("file:///etc/passwd")).end(),
  })),
  {
    name: "a host of layers that wants the registry's password",
    expected: ["absent", "answered 401"],
    prepare: async (stage) => {
      const layers: Loopback = await stage.serve((_, response) =>
        response.writeHead(401, challenge(`${layers.origin}/token`)).end(),
      );
      const plan = await registry(stage, {
        blobs: (response) => response.writeHead(307, { location: `${layers.origin}/blob` }).end(),
      });
      return { ...plan, hosts: [...plan.hosts, `${layers.origin}/**`] };
    },
  },
];
