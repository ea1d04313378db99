import type { RemoteReference } from "../../../../src/model/remotes.ts";
import { drip, fileOf, type Attack, type Plan } from "./attack.ts";

const file = (url: string): RemoteReference => ({ kind: "file", url });
const git = (url: string, value = "main"): RemoteReference => ({ kind: "git", url, revision: { kind: "any", value } });
const alone = (reference: RemoteReference, names: Plan["names"] = {}): Plan => ({
  references: [reference],
  hosts: [],
  names,
});

const written = (name: string, reference: RemoteReference, message: string | RegExp): Attack => ({
  name,
  expected: ["refused", message],
  prepare: async () => alone(reference),
});

const inside = (host: string): Attack =>
  written(`the address ${host}`, file(`https://${host}/x`), "is not a public address");

/** Ways to write an address, or to have one spoken to that is not the one that was written. */
export const addressAttacks: readonly Attack[] = [
  ...["2130706433", "0x7f.1", "0177.0.0.01", "127.1", "0", "169.254.169.254", "100.100.100.200"].map(inside),
  ...["[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"].map(inside),
  ...["[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[::ffff:0:7f00:1]", "[2001:0:7f00:1::]"].map(inside),
  written("a zone in an address", file("https://[fe80::1%25eth0]/x"), "cannot be read"),
  written("credentials in a URL", file("https://me:hush@example.com/x"), "written with credentials in it"),
  written("file://", file("file:///etc/passwd"), "is not HTTPS"),
  written("file:// as a repository", git("file:///etc"), "reached neither by HTTPS nor by SSH"),
  written("ext::", git("ext::sh -c id% >/tmp/owned"), "is no URL of a repository"),
  written("--upload-pack as a repository", git("--upload-pack=id"), "reached neither by HTTPS nor by SSH"),
  written("an option as an SSH host", git("ssh://-oProxyCommand=id/x"), "reached neither by HTTPS nor by SSH"),
  {
    name: "an option as a revision",
    expected: ["absent", "cannot be the name of a branch or a tag"],
    prepare: async ({ foreign }) => ({
      ...alone(git(`${foreign.origin}/x.git`, "--upload-pack=id")),
      hosts: [`${foreign.origin}/**`],
    }),
  },
  {
    name: "a redirect to a private address",
    expected: ["refused", "is not HTTPS"],
    prepare: async ({ serve, forbidden }) =>
      fileOf(await serve((_, response) => response.writeHead(302, { location: `${forbidden.origin}/x` }).end())),
  },
  {
    name: "a redirect to where clouds tell secrets",
    expected: ["refused", "169.254.169.254 is not a public address"],
    prepare: async ({ serve }) =>
      fileOf(await serve((_, response) => response.writeHead(302, { location: "https://169.254.169.254/" }).end())),
  },
  {
    name: "a redirect to file://",
    expected: ["refused", "is not HTTPS"],
    prepare: async ({ serve }) =>
      fileOf(await serve((_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end())),
  },
  {
    name: "redirects without end",
    expected: ["absent", "is behind more than 5 redirects"],
    prepare: async ({ serve }) =>
      fileOf(await serve(({ url }, response) => response.writeHead(302, { location: `${url}x` }).end())),
  },
  {
    name: "a redirect to another host, which wants a password",
    expected: ["absent", "answered 401"],
    prepare: async ({ serve }) => {
      const other = await serve((_, response) =>
        response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end(),
      );
      const server = await serve((_, response) => response.writeHead(302, { location: `${other.origin}/x` }).end());
      return { ...fileOf(server), hosts: [`${server.origin}/**`, `${other.origin}/**`] };
    },
  },
];

const soon = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Answers that do not end, or are not what they say. */
export const answerAttacks: readonly Attack[] = [
  {
    name: "an answer without end",
    expected: ["refused", "is larger than"],
    prepare: async ({ serve }) => fileOf(await serve((_, response) => drip(response, Buffer.alloc(65_536)))),
  },
  {
    name: "an answer that drips",
    expected: ["unanswered", "did not finish within"],
    prepare: async ({ serve }) => fileOf(await serve((_, response) => drip(response, "a", soon))),
  },
  {
    name: "an answer that never begins",
    expected: ["unanswered", "was silent for"],
    prepare: async ({ serve }) => fileOf(await serve(() => {})),
  },
  {
    name: "interim answers without end",
    expected: ["unanswered", /was silent for|gave no answer/],
    prepare: async ({ serve }) =>
      fileOf(
        await serve(async (_, response) => {
          while (!response.destroyed) {
            response.writeEarlyHints({ link: "</x>; rel=preload" });
            await soon();
          }
        }),
      ),
  },
  {
    name: "a header of megabytes",
    expected: ["unanswered", "gave no answer"],
    prepare: async ({ serve }) =>
      fileOf(
        await serve(({ socket }) => {
          socket.write("HTTP/1.1 200 OK\r\n");
          for (let at = 0; at < 100; at++) socket.write(`x-${at}: ${"x".repeat(10_000)}\r\n`);
        }),
      ),
  },
  {
    name: "a length that is a lie",
    expected: ["unanswered", "gave no answer"],
    prepare: async ({ serve }) =>
      fileOf(
        await serve((_, response) => {
          response.writeHead(200, { "content-length": "1000000" });
          response.write("a", () => setTimeout(() => response.destroy(), 20));
        }),
      ),
  },
  {
    name: "an error without end",
    expected: ["absent", "answered 404 Not Found"],
    prepare: async ({ serve }) =>
      fileOf(
        await serve(async (_, response) => {
          response.writeHead(404);
          await drip(response, "no ".repeat(10_000));
        }),
      ),
  },
];
