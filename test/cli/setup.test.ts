import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { readSettings } from "../../src/app/settings.ts";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { formAt, register, type Form } from "../support/register-app.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

let github: SimulatedGitHub;
let shortSecret: SimulatedGitHub;
let directory: string;
beforeAll(async () => {
  [github, shortSecret] = await Promise.all([startGitHub(), startGitHub({ toldSecret: null })]);
});
beforeEach(() => {
  directory = directoryWith({});
});
afterAll(async () => {
  expect([...github.violations, ...shortSecret.violations]).toEqual([]);
  await github.close();
  await shortSecret.close();
});

const PUBLIC = "https://gate.example.com/portcullis";

/** Runs `setup`; `act` gets the address that it prints and the process. */
async function setup(
  act: (url: string, child: ChildProcessWithoutNullStreams) => Promise<void>,
  more: readonly string[] = [],
  at = github,
): Promise<Ran> {
  const args = ["setup", "--url", PUBLIC, "--github-url", at.url, "--no-open", ...more];
  const env = { PUBLIC_URL: undefined, SSH_CONNECTION: undefined };
  let failure: unknown;
  const ran = await portcullis(directory, args, env, (child) => {
    let out = "";
    let acted = false;
    child.stdout.on("data", (text: string) => {
      out += text;
      const url = /^ {2}(http:\/\/127\.0\.0\.1:\d+\/\S+)$/m.exec(out)?.[1];
      if (url === undefined || acted || !out.includes("Ctrl-C")) return;
      acted = true;
      act(url, child).catch((error: unknown) => {
        failure = error;
        child.kill("SIGKILL");
      });
    });
  });
  if (failure !== undefined) throw failure;
  return ran;
}

const modeOf = (name: string): number => statSync(join(directory, name)).mode & 0o777;
const settingsOf = (name: string): { [name: string]: string } =>
  Object.fromEntries(
    readFileSync(join(directory, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/=(.*)/, 2) as [string, string]),
  );

test("an App is registered as app.yml says, and its credentials are what serve needs", async () => {
  const asked: { form?: Form; last?: string } = {};
  const ran = await setup(
    async (url) => {
      asked.form = await formAt(await fetch(url));
      const last = await fetch(await register(url));
      asked.last = await last.text();
    },
    ["--org", "acme"],
  );
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
  expect(asked.form?.action).toMatch(
    new RegExp(`^${github.url}/organizations/acme/settings/apps/new\\?state=[\\w-]{43}$`),
  );
  const app = load(readFileSync("app.yml", "utf8")) as { [key: string]: unknown };
  expect(JSON.parse(asked.form?.fields.get("manifest") ?? "")).toEqual({
    name: "portcullis-acme",
    url: PUBLIC,
    description: app["description"],
    hook_attributes: { url: `${PUBLIC}/api/github/webhooks`, active: true },
    redirect_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/registered$/),
    public: false,
    default_permissions: app["default_permissions"],
    default_events: expect.arrayContaining(app["default_events"] as unknown[]),
  });
  expect(asked.last).toContain("portcullis-acme is registered");

  expect(readdirSync(directory).toSorted()).toEqual(["portcullis.env", "portcullis.pem"]);
  expect([modeOf("portcullis.env"), modeOf("portcullis.pem")]).toEqual([0o600, 0o600]);
  const settings = settingsOf("portcullis.env");
  expect(settings).toMatchObject({ GITHUB_API_URL: github.apiUrl, PUBLIC_URL: PUBLIC });
  expect(readSettings(settings)).toMatchObject({
    kind: "settings",
    settings: { appId: github.appId, privateKey: github.privateKey, webhookSecrets: [github.webhookSecret] },
  });
  for (const secret of [github.webhookSecret, "PRIVATE KEY"]) expect(ran.out + ran.err).not.toContain(secret);
  expect(ran.out).toContain(`${github.url}/apps/portcullis/installations/new`);
  expect(ran.out.trimEnd().split("\n").at(-1)).toMatch(/^ {2}5\. .* portcullis doctor /);
});

test("where GitHub gives no secret that is long enough, one is made and set", async () => {
  const before = shortSecret.world.webhookSecret;
  const ran = await setup(
    async (url) => void (await fetch(await register(url))),
    ["--file", "of acme.env"],
    shortSecret,
  );
  expect(ran.code).toBe(0);
  const secret = settingsOf("of acme.env")["WEBHOOK_SECRET"];
  const load = /set -a; .*/.exec(ran.out)?.[0] ?? "";
  expect(spawnSync("sh", ["-ec", `${load}; printenv WEBHOOK_SECRET`], { encoding: "utf8" }).stdout).toBe(`${secret}\n`);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(shortSecret.world.webhookSecret).toBe(secret);
  expect(secret).not.toBe(before);
  expect(ran.out).not.toContain(secret);
});

test("where that secret cannot be set, the credentials are kept and it says what is left to do", async () => {
  shortSecret.fault({ kind: "status", status: 500 }, { operation: "apps/update-webhook-config-for-app" });
  const ran = await setup(async (url) => void (await fetch(await register(url))), [], shortSecret);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain("set the webhook's secret");
  expect(settingsOf("portcullis.env")["WEBHOOK_SECRET"]).toMatch(/^[0-9a-f]{64}$/);
});

test("a wrong state, another path, another host and another method get nowhere; a used code can be followed by another", async () => {
  const statuses: number[] = [];
  const ran = await setup(async (url) => {
    const { origin } = new URL(url);
    const good = new URL(await register(url));
    const wrong = new URL(good);
    wrong.searchParams.set("state", "A".repeat(43));
    const bare = new URL(good);
    bare.searchParams.delete("state");
    for (const address of [wrong, bare, origin, `${origin}/registered`, `${url}x`])
      statuses.push((await fetch(address)).status);
    statuses.push((await fetch(good, { method: "POST" })).status);
    const elsewhere = await fetch(url.replace("127.0.0.1", "localhost")).then(
      ({ status }) => status,
      () => 200,
    );
    statuses.push(elsewhere);
    const expired = new URL(good);
    expired.searchParams.set("code", "0".repeat(40));
    const refused = await fetch(expired);
    statuses.push(refused.status);
    expect(await refused.text()).toContain("older than an hour");
    statuses.push((await fetch(good)).status);
  });
  expect(statuses).toEqual([400, 400, 404, 400, 404, 404, 200, 502, 200]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("Not registered: GitHub does not know the code");
});

test("what the browser could not come back to may be pasted", async () => {
  const ran = await setup(async (url, child) => {
    child.stdin.write("nonsense here\n");
    child.stdin.write(`${await register(url)}\n`);
  });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain("That is neither");
  expect(settingsOf("portcullis.env")["APP_ID"]).toBe(String(github.appId));
});

test("on a remote machine it says how to reach the page", async () => {
  const args = ["setup", "--url", PUBLIC, "--github-url", github.url, "--port", "0"];
  const ran = await portcullis(directory, args, { SSH_CONNECTION: "10.0.0.1 5 10.0.0.2 22" }, (child) => {
    child.stdout.on("data", (text: string) => {
      if (text.includes("Ctrl-C")) child.kill("SIGINT");
    });
  });
  expect(ran.out).toMatch(/ssh -N -L (\d+):127\.0\.0\.1:\1 10\.0\.0\.2/);
  expect(ran).toMatchObject({ code: 2, err: "portcullis setup: interrupted; nothing was registered\n" });
});

test("files that exist are kept, unless they are to be overwritten", async () => {
  writeFileSync(join(directory, "portcullis.pem"), "precious");
  const refused = await setup(async () => {});
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("portcullis.pem exists") });
  const forced = await setup(async (url) => void (await fetch(await register(url))), ["--force"]);
  expect(forced.code).toBe(0);
  expect(readFileSync(join(directory, "portcullis.pem"), "utf8")).toBe(github.privateKey);
  expect(modeOf("portcullis.pem")).toBe(0o600);
});

test("a file that appears meanwhile is kept, and it says that the App exists", async () => {
  const ran = await setup(async (url) => {
    const back = await register(url);
    writeFileSync(join(directory, "portcullis.env"), "precious");
    await fetch(back);
  });
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("could not be written") });
  expect(ran.err).toContain(`App ID ${github.appId}`);
  expect(readFileSync(join(directory, "portcullis.env"), "utf8")).toBe("precious");
});

test("a port that is taken is named", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const ran = await setup(async () => {}, ["--port", String(port)]);
  taken.close();
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(`port ${port} cannot be used`) });
});

test.each<[string, readonly string[], RegExp]>([
  ["no address of the server", ["--url", ""], /--url is missing/],
  ["an address without TLS", ["--url", "http://gate.example.com"], /--url http/],
  ["an organisation that is none", ["--org", "a/b"], /--org a\/b/],
  ["a GitHub that is none", ["--github-url", "github"], /--github-url github/],
  ["a port that is none", ["--port", "x"], /--port must be/],
  ["no time", ["--timeout", "0"], /--timeout must be/],
])("with %s nothing is begun", async (_name, args, reason) => {
  const ran = await setup(async () => {}, args);
  expect({ code: ran.code, out: ran.out }).toEqual({ code: 2, out: "" });
  expect(ran.err).toMatch(reason);
});

test("a directory that cannot be written to is told before anything is registered", async () => {
  const ran = await setup(async () => {}, ["--file", join(directory, "missing", "portcullis.env")]);
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("cannot be written to") });
  mkdirSync(join(directory, "there"));
  chmodSync(join(directory, "there"), 0o700);
  const other = await setup(
    async (url) => void (await fetch(await register(url))),
    ["--file", join(directory, "there", "gate.env")],
  );
  expect(other.code).toBe(0);
  expect(readdirSync(join(directory, "there")).toSorted()).toEqual(["gate.env", "gate.pem"]);
});
