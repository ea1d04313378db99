import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { RemoteOutcome } from "../../src/model/remotes.ts";
import { storeDirectory } from "../support/remote-servers/job.ts";
import { startGitServer, type GitServer } from "../support/remote-servers/git-server.ts";
import { startHelmRepository } from "../support/remote-servers/helm-repository.ts";
import { startLoopback, type Loopback } from "../support/remote-servers/loopback.ts";

const run = promisify(execFile);
const program = new URL("../support/remote-servers/fetch-program.js", import.meta.url).pathname;

let directory: string;
let secure: Loopback;
let plain: Loopback;
let expired: Loopback;
let repositories: GitServer;

beforeAll(async () => {
  directory = await storeDirectory();
  const names = [
    "-subj",
    "/CN=test",
    "-addext",
    "subjectAltName=IP:127.0.0.1,DNS:charts.example.com,DNS:git.example.com",
  ];
  const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")];
  await run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...files]);
  const [key, cert] = await Promise.all([readFile(files[1]!, "utf8"), readFile(files[3]!, "utf8")]);
  const [request, old] = [join(directory, "request.pem"), join(directory, "expired.pem")];
  await run("openssl", ["req", "-new", "-key", files[1]!, ...names, "-out", request]);
  const copied = ["-copy_extensions", "copy", "-days", "-1", "-signkey", files[1]!];
  await run("openssl", ["x509", "-req", "-in", request, ...copied, "-out", old]);
  expired = await startLoopback((_, response) => response.end("a: 1\n"), { key, cert: await readFile(old, "utf8") });
  repositories = await startGitServer({ key, cert });
  await repositories.create("app.git", { "a.yaml": "a: 1\n" });
  plain = await startLoopback((_, response) => response.end("a: 1\n"));
  secure = await startLoopback(
    (request, response) => {
      if (request.url === "/down") return response.writeHead(302, { location: `${plain.origin}/a.yaml` }).end();
      if (request.url?.startsWith("/v2/") !== true) return response.end("a: 1\n");
      return response.writeHead(401, { "www-authenticate": `Bearer realm="${plain.origin}/token"` }).end();
    },
    { key, cert },
  );
});

afterAll(async () => {
  await Promise.all([secure.close(), plain.close(), expired.close(), repositories.close()]);
});

async function fetchApart(
  url: string,
  environment: NodeJS.ProcessEnv,
  ...allow: string[]
): Promise<{ outcome: RemoteOutcome; loaded: boolean }> {
  const { stdout } = await run(process.execPath, [program, directory, url, ...allow], {
    env: { ...process.env, ...environment },
  });
  return JSON.parse(stdout) as { outcome: RemoteOutcome; loaded: boolean };
}

test("a private authority is trusted as Node.js is told to", async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: join(directory, "cert.pem") };
  const url = `${secure.origin}/a.yaml`;
  expect(await fetchApart(url, trusting, `${secure.origin}/**`)).toMatchObject({ outcome: { kind: "found" } });

  const { outcome } = await fetchApart(`${secure.origin}/b.yaml`, {}, `${secure.origin}/**`);
  expect(outcome).toEqual({
    kind: "unanswered",
    message: `${secure.origin}/b.yaml: ${secure.host} gave no answer: its certificate is not signed by a trusted authority`,
  });
});

test("HTTPS is not left for plain HTTP, even where that is allowed", async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: join(directory, "cert.pem") };
  const { outcome } = await fetchApart(`${secure.origin}/down`, trusting, `${secure.origin}/**`, `${plain.origin}/**`);
  expect(outcome).toEqual({
    kind: "refused",
    message: `${secure.origin}/down redirects to ${plain.origin}/a.yaml, which is not HTTPS`,
  });
  const chart = { kind: "chart", repository: `oci://${secure.host}/acme`, name: "web", version: "1.0.0" };
  const allow = [`oci://${secure.host}/**`, `${plain.origin}/**`];
  expect((await fetchApart(JSON.stringify(chart), trusting, ...allow)).outcome).toEqual({
    kind: "refused",
    message: `a token for oci://${secure.host}/acme/web: ${plain.origin}/token is not HTTPS`,
  });
  expect(plain.seen).toEqual([]);
});

test("a certificate that has expired is none, even of a trusted authority", async () => {
  const trusting = { NODE_EXTRA_CA_CERTS: join(directory, "expired.pem") };
  const { outcome } = await fetchApart(`${expired.origin}/a.yaml`, trusting, `${expired.origin}/**`);
  expect(outcome).toEqual({
    kind: "unanswered",
    message: `${expired.origin}/a.yaml: ${expired.host} gave no answer: its certificate has expired`,
  });
});

const repositoryAt = (url: string): string => JSON.stringify({ kind: "git", url, revision: { kind: "head" } });

test("Git trusts what all else here trusts", async () => {
  const url = repositories.url("app.git");
  const allow = `${repositories.origin}/**`;
  expect((await fetchApart(repositoryAt(url), {}, allow)).outcome).toEqual({
    kind: "unanswered",
    message: `the repository ${url}: ${repositories.host} gave no answer: its certificate is not signed by a trusted authority`,
  });
  const trusting = { NODE_EXTRA_CA_CERTS: join(directory, "cert.pem") };
  expect(await fetchApart(repositoryAt(url), trusting, allow)).toMatchObject({ outcome: { kind: "found" } });
});

test("a proxy of the environment is used, and lets nobody inside", async () => {
  const connected: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    connected.push(request.url ?? "");
    const { host } = request.url === "git.example.com:443" ? repositories : secure;
    const server = connect(Number(host.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      server.pipe(socket).pipe(server);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const environment = { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: join(directory, "cert.pem") };
    expect(await fetchApart("https://charts.example.com/a.yaml", environment)).toMatchObject({
      outcome: { kind: "found" },
    });
    expect(await fetchApart(repositoryAt("https://git.example.com/app.git"), environment)).toMatchObject({
      outcome: { kind: "found" },
    });
    expect(await fetchApart(repositoryAt("https://10.0.0.1/app.git"), environment)).toMatchObject({
      outcome: { kind: "refused" },
    });
    for (const url of ["https://169.254.169.254/a.yaml", "https://localhost/a.yaml"]) {
      expect(await fetchApart(url, environment)).toMatchObject({ outcome: { kind: "refused" } });
    }
    expect([...new Set(connected)]).toEqual(["charts.example.com:443", "git.example.com:443"]);
    // Where there is no proxy after all, what was left to it is judged.
    const direct = await fetchApart("https://localhost/b.yaml", { ...environment, NO_PROXY: "*" });
    expect(direct).toMatchObject({ outcome: { kind: "refused" } });
  } finally {
    proxy.close();
    proxy.closeAllConnections();
  }
});

test("nothing that speaks to servers is loaded for what the store knows", async () => {
  const repository = await startHelmRepository([{ name: "web", version: "1.0.0" }]);
  const reference = { kind: "chart", repository: `${repository.origin}/charts`, name: "web", version: "1.0.0" };
  const allow = `${repository.origin}/**`;
  const first = await fetchApart(JSON.stringify(reference), {}, allow);
  await repository.close();

  expect(first).toMatchObject({ outcome: { kind: "found" }, loaded: true });
  expect(await fetchApart(JSON.stringify(reference), {}, allow)).toMatchObject({
    outcome: { kind: "found" },
    loaded: false,
  });
});
