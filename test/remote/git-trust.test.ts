import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { RemoteRepository } from "../../src/model/remotes.ts";
import { createRemotes, type RemotesOptions } from "../../src/remote/create-remotes.ts";
import { git } from "../support/github/git/run.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { fetchContent, fetchOnce, jobOptions, storeDirectory, textsOf } from "../support/remote-servers/job.ts";
import { startLoopback } from "../support/remote-servers/loopback.ts";

let server: GitServer;
let directory: string;
let first: string;

beforeEach(async () => {
  server = await startGitServer();
  directory = await storeDirectory();
  first = await server.create("app.git", { "a.yaml": "a: 1\n" });
});

afterEach(async () => {
  await server.close();
});

const options = (more: Partial<RemotesOptions> = {}): RemotesOptions =>
  jobOptions(directory, [`${server.origin}/**`], more);
const at = (url: string): RemoteRepository => ({ kind: "git", url, revision: { kind: "head" } });
const app = (): RemoteRepository => at(server.url("app.git"));

test.each([
  ["file:///etc", "file:///etc is a repository that is reached neither by HTTPS nor by SSH"],
  ["/etc", "/etc is a repository that is reached neither by HTTPS nor by SSH"],
  ["../other", "../other is a repository that is reached neither by HTTPS nor by SSH"],
  ["C:/repository", "C:/repository is a repository that is reached neither by HTTPS nor by SSH"],
  ["ext::sh", "ext::sh is a repository that is reached neither by HTTPS nor by SSH"],
  ["git://127.0.0.1/x", "git://127.0.0.1/x is a repository that is reached neither by HTTPS nor by SSH"],
  ["ftp://u:secret@127.0.0.1/x", "ftp://127.0.0.1/x is a repository that is reached neither by HTTPS nor by SSH"],
  ["--upload-pack=touch", "--upload-pack=touch is a repository that is reached neither by HTTPS nor by SSH"],
  [
    "ssh://-oProxyCommand=touch/x",
    "ssh://-oProxyCommand=touch/x is a repository that is reached neither by HTTPS nor by SSH",
  ],
  ["-oProxyCommand=touch:x", "-oProxyCommand=touch:x is a repository that is reached neither by HTTPS nor by SSH"],
  ["git@host:-x", "git@host:-x is a repository that is reached neither by HTTPS nor by SSH"],
  ["ext::sh -c touch% /tmp/x", "ext::sh -c touch% /tmp/x is no URL of a repository"],
  ["https://host/a\nb", "https://host/a b is no URL of a repository"],
  ["http://127.0.0.1:9/x", "http://127.0.0.1:9/x is not HTTPS"],
  ["https://user:secret@127.0.0.1/x", "https://127.0.0.1/x is written with credentials in it, which are never used"],
  [
    "https://127.0.0.1/x?token=secret",
    "https://127.0.0.1/x is written with a query, which the URL of a repository cannot have",
  ],
  [
    "git@github.com:org/x.git",
    "the repository ssh://github.com/org/x.git is reached by SSH, for which only the command line has keys",
  ],
])("%s is refused", async (url, message) => {
  expect(await fetchOnce(options(), at(url))).toEqual({ kind: "refused", message });
});

test("addresses that are not public are spoken to where allow names them alone", async () => {
  const resolve = async (): Promise<readonly { address: string; family: number }[]> => [
    { address: "10.1.2.3", family: 4 },
  ];
  expect(await fetchOnce(options({ resolve }), at("https://git.example.com/x.git"))).toEqual({
    kind: "refused",
    message:
      "git.example.com is not a public address, 10.1.2.3: remotes.allow can permit it by its host, for the App PRIVATE_HOSTS",
  });
  expect(await fetchOnce(options({ resolve, ownGit: true }), at("git@git.example.com:x.git"))).toEqual({
    kind: "refused",
    message:
      "git.example.com is not a public address, 10.1.2.3: remotes.allow can permit it by its host, for the App PRIVATE_HOSTS",
  });
  expect(await fetchOnce(options({ ownGit: true }), at("ssh://git@[::1]:22/x.git"))).toMatchObject({ kind: "refused" });
});

test("a credential is for its server alone, and is nowhere in messages", async () => {
  server.basic = "me:secret";
  const credentials = async (url: string): Promise<{ username: string; password: string } | undefined> =>
    url.startsWith(server.origin) ? { username: "me", password: "secret" } : undefined;
  expect(await fetchContent(options({ credentials }), app())).toMatchObject({ version: first });
  expect(new Set(server.seen.map(({ headers }) => headers.authorization))).toEqual(new Set(["Basic bWU6c2VjcmV0"]));

  expect(await fetchOnce(options(), at(`${server.url("app.git")}/`))).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")}: ${server.url("app.git")}/info/refs answered 401 Unauthorized: who are you?`,
  });
  server.basic = "me:other";
  expect(await fetchOnce(options({ credentials }), app())).toMatchObject({ kind: "absent" });
});

test("what Git is given holds neither the URL nor a credential", async () => {
  const bin = await storeDirectory();
  await writeFile(
    join(bin, "git"),
    `#!/bin/sh\nprintf '%s\\n' "$*" >> ${bin}/arguments\nenv >> ${bin}/environment\nPATH="$REAL_PATH" exec git "$@"\n`.replaceAll(
      "$REAL_PATH",
      process.env["PATH"] ?? "",
    ),
  );
  await chmod(join(bin, "git"), 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${bin}:${path}`;
  try {
    const credentials = async (): Promise<{ token: string }> => ({ token: "secret-token" });
    expect(await fetchContent(options({ credentials }), app())).toMatchObject({ version: first });
  } finally {
    process.env["PATH"] = path;
  }
  const told = (await readFile(join(bin, "arguments"), "utf8")) + (await readFile(join(bin, "environment"), "utf8"));
  expect(told).toContain("fetch");
  expect(told).not.toContain("secret-token");
  expect(told).not.toContain(server.origin);
});

test("a redirect is followed without the credential, and only to where one may go", async () => {
  const authorizations: (string | undefined)[] = [];
  const away = await startLoopback((request, response) => {
    authorizations.push(request.headers.authorization);
    response.writeHead(307, { location: `${server.origin}${request.url}` }).end();
  });
  try {
    const credentials = async (url: string): Promise<{ token: string } | undefined> =>
      url.startsWith(away.origin) ? { token: "secret" } : undefined;
    const job = { ...options({ credentials }), hosts: [`${away.origin}/**`, `${server.origin}/**`] };
    expect(await fetchContent(job, at(`${away.origin}/app.git`))).toMatchObject({ version: first });
    expect(authorizations).toEqual(["Bearer secret"]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(server.seen.map(() => undefined));
    expect(server.seen.length).toBeGreaterThan(1);

    server.seen.splice(0);
    const outcome = await fetchOnce({ ...job, hosts: [`${away.origin}/**`] }, at(`${away.origin}/app.git`));
    expect(outcome).toEqual({ kind: "refused", message: `${server.origin}/app.git/info/refs is not HTTPS` });
    expect(server.seen).toEqual([]);
  } finally {
    await away.close();
  }
});

test("a server may not send the request for objects elsewhere", async () => {
  const other = await startGitServer();
  try {
    server.before = ({ method }, response) => {
      if (method !== "POST") return false;
      response.writeHead(307, { location: `${other.origin}/app.git/git-upload-pack` }).end();
      return true;
    };
    const outcome = await fetchOnce({ ...options(), hosts: [server.origin, other.origin] }, app());
    expect(outcome).toEqual({
      kind: "absent",
      message: expect.stringContaining("/app.git/git-upload-pack answered 307 Temporary Redirect"),
    });
    expect(other.seen).toEqual([]);
  } finally {
    await other.close();
  }
});

test("what is no repository is absent", async () => {
  server.before = (_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>");
    return true;
  };
  expect(await fetchOnce(options(), app())).toEqual({
    kind: "absent",
    message: `the repository ${server.url("app.git")}: ${server.url("app.git")}/info/refs is not served as a repository of Git's`,
  });
});

test("a repository that is larger than allowed is refused, however it comes", async () => {
  const noise = Array.from({ length: 20_000 }, (_, at) => (at * 2_654_435_761) % 4_294_967_296).join("\n");
  await server.commit("app.git", { "noise.yaml": noise });

  const limits = { repositoryBytes: 50_000 };
  expect(await fetchOnce(options({ limits }), app())).toEqual({
    kind: "refused",
    message: `the repository ${server.url("app.git")} is larger than 50000 bytes`,
  });
  expect(await fetchOnce(options({ limits: { jobBytes: 50_000 } }), app())).toEqual({
    kind: "refused",
    message: "all that was fetched is larger than 50000 bytes",
  });
});

test("a server that never ends what it says, or says nothing, is given up", async () => {
  const url = server.url("app.git");
  const endless = { "content-type": "application/x-git-upload-pack-advertisement" };
  server.before = async (_, response) => {
    response.writeHead(200, endless);
    while (!response.destroyed) {
      response.write("0041".padEnd(65, "x"));
      await pause(0);
    }
    return true;
  };
  expect(await fetchOnce(options({ limits: { indexBytes: 10_000 } }), app())).toEqual({
    kind: "refused",
    message: `the repository ${url} is larger than 10000 bytes`,
  });
  server.before = async ({ method }, response) => {
    if (method !== "POST") return false;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
    for (let at = 0; !response.destroyed; at += 1) {
      const line = `${first} refs/heads/${at}\n`;
      response.write(`${(line.length + 4).toString(16).padStart(4, "0")}${line}`);
      if (at % 100 === 0) await pause(0);
    }
    return true;
  };
  expect(await fetchOnce(options({ limits: { indexBytes: 10_000 } }), app())).toEqual({
    kind: "refused",
    message: `the repository ${url} is larger than 10000 bytes`,
  });

  server.before = async ({ method }, response) => {
    if (method !== "POST") return false;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" }).write("0008NAK\n");
    return true;
  };
  expect(await fetchOnce(options({ limits: { silence: 300 } }), app())).toEqual({
    kind: "unanswered",
    message: `the repository ${url}: ${server.host} was silent for 0.3 s`,
  });
});

test("what a server says is one line of ours", async () => {
  server.before = ({ method }, response) => {
    if (method !== "POST") return false;
    const words = "ERR \u001b[31mno\u0007 way ".padEnd(600, "x");
    const line = `${(words.length + 4).toString(16).padStart(4, "0")}${words}`;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" }).end(line);
    return true;
  };
  const { kind, message } = (await fetchOnce(options(), app())) as { kind: string; message: string };
  expect(kind).toBe("unanswered");
  expect(message).toMatch(/^the repository \S+: fatal: remote error: .*no. way x+…$/);
  expect(message).not.toMatch(/\p{C}/u);
});

test("nothing of a repository is run, and nothing of the person's configuration", async () => {
  const home = await storeDirectory();
  await mkdir(join(home, "hooks"));
  for (const hook of ["reference-transaction", "post-checkout", "post-index-change"]) {
    await writeFile(join(home, "hooks", hook), `#!/bin/sh\ntouch ${home}/ran\n`);
    await chmod(join(home, "hooks", hook), 0o755);
  }
  const config = `[core]\n\thooksPath = ${home}/hooks\n[url "${server.origin}/evil"]\n\tinsteadOf = http://127.0.0.1\n[filter "x"]\n\tsmudge = touch ${home}/ran\n`;
  await writeFile(join(home, ".gitconfig"), config);
  await server.commit("app.git", { ".gitattributes": "* filter=x\n" });
  const before = process.env["HOME"];
  process.env["HOME"] = home;
  try {
    expect(await textsOf(await fetchContent(options({ ownGit: true }), app()))).toMatchObject({ "a.yaml": "a: 1\n" });
  } finally {
    process.env["HOME"] = before;
  }
  expect(await readdir(home)).not.toContain("ran");
});

test("a user in a URL is no credential", async () => {
  const url = server.url("app.git").replace("http://", "http://org@");
  expect(await fetchContent(options(), at(url))).toMatchObject({ version: first });
});

test("a mirror stands in for a repository, however that is reached", async () => {
  const mirrors = { "https://git.example.com/org": server.origin, "ssh://git@git.example.com/org": server.origin };
  for (const url of ["https://git.example.com/org/app.git", "git@git.example.com:org/app.git"]) {
    expect(await fetchContent({ ...options(), hosts: Object.values(mirrors), mirrors }, at(url))).toMatchObject({
      version: first,
    });
  }
});

test("what is malformed is absent, and is not kept", async () => {
  const tree = (await git(`${server.root}/app.git`, ["rev-parse", "HEAD^{tree}"])).trim();
  const nested = (await git(`${server.root}/app.git`, ["mktree"], `040000 tree ${tree}\t.git\n`)).trim();
  const commit = (
    await git(
      `${server.root}/app.git`,
      ["hash-object", "-t", "commit", "-w", "--stdin"],
      `tree ${nested}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n`,
    )
  ).trim();
  await git(`${server.root}/app.git`, ["update-ref", "refs/heads/main", commit]);

  expect(await fetchOnce(options(), app())).toEqual({
    kind: "absent",
    message: expect.stringMatching(/^the repository \S+: error: .*hasDotgit/),
  });
});

test("a download that breaks off is begun again once", async () => {
  await server.commit("app.git", { "big.yaml": "x: ".repeat(10_000) });
  let broken = 0;
  server.before = async ({ method, headers }, response) => {
    if (method !== "POST" || headers["content-encoding"] === "gzip" || broken > 0) return false;
    broken += 1;
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-result" });
    response.write("0008NAK\n");
    await pause(100);
    response.destroy();
    return true;
  };
  expect(Object.keys(await textsOf(await fetchContent(options(), app())))).toEqual(["a.yaml", "big.yaml"]);
  expect(broken).toBe(1);

  broken = 0;
  const patient = options({ tries: 3, limits: { pause: 1 } });
  expect(await fetchContent(patient, at(`${server.url("app.git")}/`))).not.toHaveProperty("stale");
  expect(broken).toBe(1);
});

test("a helper of the person's Git is asked where the server wants to know who asks, and never without ownGit", async () => {
  const home = await storeDirectory();
  const helper = `!f() { cat >> ${home}/asked; echo username=me; echo password=secret; }; f`;
  await writeFile(join(home, ".gitconfig"), `[credential]\n\thelper = "${helper}"\n`);
  const before = process.env["HOME"];
  process.env["HOME"] = home;
  try {
    expect(await fetchContent(options({ ownGit: true }), app())).toMatchObject({ version: first });
    expect(await readdir(home)).not.toContain("asked");

    server.basic = "me:secret";
    expect(await fetchOnce(options(), at(`${server.url("app.git")}/`))).toMatchObject({ kind: "absent" });
    expect(await readdir(home)).not.toContain("asked");
    const content = await fetchContent(options({ ownGit: true }), app());
    expect(content).not.toHaveProperty("stale");
    expect(await readFile(join(home, "asked"), "utf8")).toContain(`host=${server.host}\n`);
  } finally {
    process.env["HOME"] = before;
  }
});

test("the person's own SSH is used, which asks nobody", async () => {
  const home = await storeDirectory();
  const ssh = join(home, "ssh");
  await writeFile(ssh, `#!/bin/sh\necho "$@" >> ${home}/asked\nfor last; do :; done\neval "$last"\n`);
  await chmod(ssh, 0o755);
  const before = { ...process.env };
  const resolve = async (): Promise<readonly { address: string; family: number }[]> => [
    { address: "1.1.1.1", family: 4 },
  ];
  Object.assign(process.env, { GIT_SSH_COMMAND: ssh, GIT_SSH_VARIANT: "ssh", HOME: home });
  await writeFile(join(home, ".gitconfig"), "[safe]\n\tdirectory = *\n");
  try {
    const job = options({ ownGit: true, resolve });
    for (const url of [`ssh://git@git.example.com${server.root}/app.git`, `git.example.com:${server.root}/app.git`]) {
      expect(await textsOf(await fetchContent(job, at(url)))).toEqual({ "a.yaml": "a: 1\n" });
    }
    const asked = await readFile(join(home, "asked"), "utf8");
    expect(asked).toContain("-o BatchMode=yes");
    expect(asked).toContain("git@git.example.com git-upload-pack ");

    const url = `ssh://git@git.example.com${server.root}/none.git`;
    expect(await fetchOnce(job, at(url))).toEqual({
      kind: "absent",
      message: expect.stringMatching(/^the repository ssh:\/\/git.example.com\/\S+: fatal: .*does not appear to be/),
    });
    const lost = async (): Promise<never> => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    };
    expect(await fetchOnce(options({ ownGit: true, resolve: lost }), at("git@git.example.com:x.git"))).toEqual({
      kind: "unanswered",
      message: "the repository ssh://git.example.com/x.git: git.example.com gave no answer: its name is not known",
    });
    await writeFile(
      ssh,
      `#!/bin/sh\necho down >> ${home}/down\necho "ssh: connect to host git.example.com port 22: Connection timed out" >&2\nexit 255\n`,
    );
    const remotes = createRemotes(options({ ownGit: true, resolve }));
    for (const name of ["one", "two"]) {
      expect(await remotes.fetch(at(`git@git.example.com:${name}.git`))).toEqual({
        kind: "unanswered",
        message: `the repository ssh://git.example.com/${name}.git: git.example.com gave no answer: ssh: connect to host git.example.com port 22: Connection timed out`,
      });
    }
    expect(await readFile(join(home, "down"), "utf8")).toBe("down\n");
    await writeFile(ssh, `#!/bin/sh\nfor last; do :; done\neval "$last"\n`);

    const small = options({ ownGit: true, resolve, limits: { repositoryBytes: 100 } });
    const third = `ssh://me@git.example.com${server.root}/app.git`;
    expect(await fetchOnce(small, at(third))).toEqual({
      kind: "refused",
      message: expect.stringMatching(/ is larger than 100 bytes$/),
    });
  } finally {
    for (const name of ["GIT_SSH_COMMAND", "GIT_SSH_VARIANT"]) delete process.env[name];
    Object.assign(process.env, before);
  }
});

test("a few objects that stand for a great number of files are refused", async () => {
  const path = `${server.root}/app.git`;
  let id = (await git(path, ["rev-parse", "HEAD:a.yaml"])).trim();
  for (let level = 0; level < 10; level += 1) {
    const kind = level === 0 ? "100644 blob" : "040000 tree";
    const entries = Array.from({ length: 10 }, (_, at) => `${kind} ${id}\t${at}\n`).join("");
    id = (await git(path, ["mktree"], entries)).trim();
  }
  const header = `tree ${id}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n`;
  const commit = (await git(path, ["hash-object", "-t", "commit", "-w", "--stdin"], header)).trim();
  await git(path, ["update-ref", "refs/heads/main", commit]);

  expect(await fetchOnce(options(), app())).toEqual({
    kind: "refused",
    message: `${server.url("app.git")} has more than 200000 files`,
  });
});
