import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { createHash } from "node:crypto";
import type { RemoteReference } from "../../../../src/model/remotes.ts";
import { git } from "../../github/git/run.ts";
import { startGitServer, type GitServer } from "../git-server.ts";
import { drip, type Attack, type Plan, type Stage } from "./attack.ts";

const of = (url: string, submodules = false): RemoteReference => ({
  kind: "git",
  url,
  revision: { kind: "any", value: "main" },
  submodules,
});
const plan = (server: GitServer, reference = of(server.url("app.git"))): Plan => ({
  references: [reference],
  hosts: [`${server.origin}/**`],
  secretFor: server.origin,
});

async function server(stage: Stage): Promise<GitServer> {
  const started = await startGitServer();
  stage.closes(started);
  return started;
}

const advertised = { "content-type": "application/x-git-upload-pack-advertisement" };

const attack = (
  name: string,
  expected: Attack["expected"],
  before: (stage: Stage) => NonNullable<GitServer["before"]>,
): Attack => ({
  name: `a Git server ${name}`,
  expected,
  prepare: async (stage) => {
    const started = await server(stage);
    await started.create("app.git", { "a.yaml": "a: 1\n" });
    started.before = before(stage);
    return plan(started);
  },
});

const submodule = (name: string, url: (stage: Stage) => string, expected: Attack["expected"]): Attack => ({
  name: `a submodule ${name}`,
  expected,
  prepare: async (stage) => {
    const started = await server(stage);
    const commit = await started.create("library.git", { "a.yaml": "a: 1\n" });
    await started.create("app.git", {
      ".gitmodules": `[submodule "x"]\n\tpath = x\n\turl = ${url(stage)}\n`,
      x: { submodule: commit },
    });
    return plan(started, of(started.url("app.git"), true));
  },
});

/** A pack of which the first object is a file of a terabyte, whose content then follows without being compressed. */
const startOfPack = Buffer.from("5041434b0000000200000001b0808080808080027801", "hex");
const storedBlock = Buffer.concat([Buffer.from([0, 0x00, 0xf0, 0xff, 0x0f]), Buffer.alloc(0xf000, "x")]);

/** Of the channel for packs. */
function packet(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${(bytes.length + 5).toString(16).padStart(4, "0")}\u0001`, "latin1"), bytes]);
}

/** Git servers and repositories that lead elsewhere, or hold too much. */
export const repositoryAttacks: readonly Attack[] = [
  attack(
    "that serves files, with alternates elsewhere",
    ["absent", "is not served as a repository of Git's"],
    ({ forbidden }) =>
      ({ url = "" }, response) => {
        if (url.includes("alternates")) response.end(`${forbidden.origin}/objects\n`);
        else if (url.includes("info/refs")) response.end(`${"1".repeat(40)}\trefs/heads/main\n`);
        else response.writeHead(404).end();
        return true;
      },
  ),
  attack("that redirects inside", ["refused", "is not HTTPS"], ({ forbidden }) => (_, response) => {
    response.writeHead(302, { location: `${forbidden.origin}/app.git/info/refs?service=git-upload-pack` }).end();
    return true;
  }),
  attack(
    "that redirects the request for objects",
    ["absent", "answered 302"],
    ({ forbidden }) =>
      ({ method }, response) => {
        if (method !== "POST") return false;
        response.writeHead(302, { location: `${forbidden.origin}/app.git/git-upload-pack` }).end();
        return true;
      },
  ),
  attack("with references without end", ["refused", "is larger than"], () => async (_, response) => {
    response.writeHead(200, advertised);
    const line = `0041${"x".repeat(61)}`.repeat(1_000);
    return drip(response, line);
  }),
  attack("with a pack without end", ["refused", "is larger than"], () => {
    let posts = 0;
    return async ({ method }, response) => {
      // The first asks for references.
      if (method !== "POST" || ++posts < 2) return false;
      response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
      response.write("000dpackfile\n");
      response.write(packet(startOfPack));
      return drip(
        response,
        Buffer.concat([packet(storedBlock.subarray(0, 32_000)), packet(storedBlock.subarray(32_000))]),
      );
    };
  }),
  {
    name: "a repository with files of zeros",
    expected: ["found", "20 files"],
    prepare: async (stage) => {
      const started = await server(stage);
      await started.create("app.git", { "a.yaml": "a: 1\n" });
      const directory = join(started.root, "app.git");
      // As an object of its own, so that no more memory is taken here than for one.
      const size = Math.min(stage.limits.unpackedBytes / 2, 200_000_000);
      const object = Buffer.concat([Buffer.from(`blob ${size}\0`), Buffer.alloc(size)]);
      const id = createHash("sha1").update(object).digest("hex");
      await mkdir(join(directory, "objects", id.slice(0, 2)), { recursive: true });
      await writeFile(join(directory, "objects", id.slice(0, 2), id.slice(2)), deflateSync(object));
      const files = Array.from({ length: 20 }, (_, at) => `100644 blob ${id}\t${at}.yaml\n`).join("");
      const tree = (await git(directory, ["mktree"], files)).trim();
      const identity = {
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@a",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@a",
      };
      const commit = (await git(directory, ["commit-tree", tree, "-m", "x"], undefined, identity)).trim();
      await git(directory, ["update-ref", "refs/heads/main", commit]);
      return plan(started);
    },
  },
  submodule("at ext::", () => "ext::sh -c id", ["refused", /x: .*remotes.allow does not name|is no URL/]),
  submodule("at file://", () => "file:///etc", ["refused", "remotes.allow does not name"]),
  submodule("at an option", () => "-oProxyCommand=id", ["absent", "disallowed submodule url"]),
  submodule("inside", ({ forbidden }) => `${forbidden.origin}/x.git`, ["refused", "remotes.allow does not name"]),
  submodule("above its host", () => "../../../../etc", ["absent", "leads nowhere"]),
];
