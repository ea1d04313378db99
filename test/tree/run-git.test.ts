import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { runGit } from "../../src/tree/run-git.ts";
import { gitFixture, type GitFixture } from "./git-fixture.ts";

let fixture: GitFixture;
let server: Server | undefined;

beforeAll(() => {
  fixture = gitFixture();
  // Only a command that Git does not have can be an alias: it shows what Git hands on to the programs it starts.
  fixture.git("config", "alias.show-environment", "!env");
});
afterAll(() => fixture.remove());
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/fleet.git`;
}

async function environmentOf(options: Parameters<typeof runGit>[2]): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runGit(fixture.directory, ["show-environment"], options);
  return new Map(stdout.split("\n").map((line) => [line.replace(/=.*/s, ""), line.replace(/^[^=]*=/, "")]));
}

test("of the environment nothing goes on that could lead Git elsewhere or carry a secret", async () => {
  const set = { GIT_DIR: "/elsewhere", GIT_SSH_COMMAND: "evil", GIT_ASKPASS: "evil", PRIVATE_KEY: "secret" };
  Object.assign(process.env, set, { HTTPS_PROXY: "http://proxy.example" });
  try {
    const environment = await environmentOf({});
    expect(Object.keys(set).filter((name) => environment.has(name))).toEqual([]);
    expect(environment.has("HTTPS_PROXY")).toBe(false);
    expect((await environmentOf({ remote: { url: "https://git.example/x", token: "t" } })).get("HTTPS_PROXY")).toBe(
      "http://proxy.example",
    );
  } finally {
    for (const name of [...Object.keys(set), "HTTPS_PROXY"]) delete process.env[name];
  }
});

test("the token goes to the remote's host alone", async () => {
  const environment = await environmentOf({ remote: { url: "https://git.example/acme/fleet.git", token: "t" } });
  expect(environment.get("GIT_CONFIG_KEY_0")).toBe("http.https://git.example/.extraHeader");
  expect(environment.get("GIT_CONFIG_VALUE_0")).toBe(
    `Authorization: Basic ${Buffer.from("x-access-token:t").toString("base64")}`,
  );
});

test("without a remote the network is closed", async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.end();
  });
  expect((await runGit(fixture.directory, ["ls-remote", url])).stderr).toContain("not allowed");
  expect(requests).toBe(0);
});

test("with a remote only HTTP is spoken, whatever the repository's configuration allows", async () => {
  const ran = join(fixture.directory, "ran");
  fixture.git("config", "protocol.ext.allow", "always");
  const remote = { url: "https://git.example/x", token: "t" };
  const { stderr } = await runGit(fixture.directory, ["ls-remote", `ext::touch ${ran}`], { remote });
  fixture.git("config", "--unset", "protocol.ext.allow");
  expect(stderr).toContain("not allowed");
  expect(existsSync(ran)).toBe(false);
});

test("a redirect is not followed", async () => {
  const asked: string[] = [];
  const url = await serve((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(302, { location: "/other/info/refs?service=git-upload-pack" }).end();
  });
  expect((await runGit(fixture.directory, ["ls-remote", url], { remote: { url, token: "t" } })).code).not.toBe(0);
  expect(asked).toEqual(["/fleet.git/info/refs?service=git-upload-pack"]);
});

test("hooks and credential helpers of the repository do not run", async () => {
  const ran = join(fixture.directory, ".git", "ran");
  const script = `#!/bin/sh\ntouch ${ran}\n`;
  writeFileSync(join(fixture.directory, ".git", "hooks", "reference-transaction"), script, { mode: 0o755 });
  const tree = fixture.git("write-tree");
  const commit = fixture.git("commit-tree", "-m", "empty", tree);
  fixture.git("config", "credential.helper", `!touch ${ran}`);
  fixture.git("config", "core.askPass", `touch ${ran};`);
  expect((await runGit(fixture.directory, ["update-ref", "refs/heads/made", commit])).code).toBe(0);
  const url = await serve((_, response) => void response.writeHead(401, { "www-authenticate": "Basic" }).end());
  const { code } = await runGit(fixture.directory, ["ls-remote", url], { remote: { url, token: "wrong" } });
  for (const key of ["credential.helper", "core.askPass"]) fixture.git("config", "--unset", key);
  expect(code).not.toBe(0);
  expect(existsSync(ran)).toBe(false);
});

test("a path is that path, not a pattern", async () => {
  const own = gitFixture();
  const before = own.commit({ "a.yaml": "a: 1\n", "*.yaml": "a: 1\n" });
  const after = own.commit({ "a.yaml": "a: 2\n", "*.yaml": "a: 2\n" });
  const { stdout } = await runGit(own.directory, ["diff", "--name-only", before, after, "--", "*.yaml"]);
  own.remove();
  expect(stdout).toBe("*.yaml\n");
});

test("more output than is read kills it", async () => {
  writeFileSync(join(fixture.directory, "large"), "x".repeat(1_000_000));
  const id = fixture.git("hash-object", "-w", "large");
  const { code, stdout, stderr } = await runGit(fixture.directory, ["cat-file", "blob", id], { maxOutput: 1000 });
  expect([code, stdout, stderr]).toEqual([128, "", "git printed more than 1000 bytes"]);
});

test("a signal kills it, and the programs it started with it", async () => {
  const controller = new AbortController();
  let closed: Promise<unknown> | undefined;
  const url = await serve((_, response) => {
    closed = once(response, "close");
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" });
    // Never slow enough to be given up, and never done.
    const timer = setInterval(() => response.write("0".repeat(4000)), 10);
    response.once("close", () => clearInterval(timer));
    controller.abort();
  });
  const outcome = await runGit(fixture.directory, ["ls-remote", url], {
    remote: { url, token: "t" },
    signal: controller.signal,
  });
  expect(outcome).toMatchObject({ code: 128, stderr: "git was stopped before it ended" });
  await closed;
});
