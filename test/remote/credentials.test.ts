import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { ownRepositories } from "../../src/remote/credentials/own-repositories.ts";
import { readCredentialsFile } from "../../src/remote/credentials/credentials-file.ts";
import { personalCredentials } from "../../src/remote/credentials/personal.ts";
import { storeDirectory } from "../support/remote-servers/job.ts";

let directory: string;
beforeEach(async () => {
  directory = await storeDirectory();
});

const write = async (name: string, content: string | object): Promise<string> => {
  const path = join(directory, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
};
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const me = { username: "me", password: "secret" };

/** The environment of somebody whose tools are configured in the test's directory alone. */
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: `${join(directory, "bin")}:${process.env["PATH"]}`,
  HELM_CONFIG_HOME: join(directory, "helm"),
  DOCKER_CONFIG: join(directory, "docker"),
  NETRC: join(directory, "netrc"),
  ...more,
});
const find = async (url: string, more: NodeJS.ProcessEnv = {}): Promise<unknown> =>
  personalCredentials(environment(more))(url);

describe("a person's own", () => {
  test("nobody has any without having configured tools", async () => {
    expect(await find("oci://ghcr.io/acme")).toBeUndefined();
    expect(await find("https://charts.example.com/stable")).toBeUndefined();
  });

  test.each([
    ["ghcr.io", "oci://ghcr.io/acme/web", "me:se:cret", { username: "me", password: "se:cret" }],
    ["ghcr.io/acme", "oci://ghcr.io/acme/web", "me:secret", me],
    ["https://ghcr.io/v1/", "oci://ghcr.io/acme/web", "me:secret", me],
    ["https://index.docker.io/v1/", "oci://docker.io/acme/web", "me:secret", me],
    ["localhost:5000", "oci://localhost:5000/web", "me:secret", me],
    ["ghcr.io/other", "oci://ghcr.io/acme/web", "me:secret", undefined],
    ["ghcr.io/ac", "oci://ghcr.io/acme/web", "me:secret", undefined],
    ["ghcr.io", "oci://ghcr.io.example.com/acme/web", "me:secret", undefined],
    ["ghcr.io", "https://ghcr.io/acme/web", "me:secret", undefined],
  ])("Docker's for %s, asked for %s", async (key, url, pair, expected) => {
    await write("docker/config.json", { auths: { [key]: { auth: base64(pair) } } });
    expect(await find(url)).toEqual(expected);
  });

  test("Docker's tokens", async () => {
    await write("docker/config.json", {
      auths: { "a.io": { auth: base64("0:"), identitytoken: "identity" }, "b.io": { registrytoken: "token" } },
    });
    expect(await find("oci://a.io/web")).toEqual({ identityToken: "identity" });
    expect(await find("oci://b.io/web")).toEqual({ token: "token" });
  });

  test("Docker's helpers, which are asked as Docker does", async () => {
    const helper = await write(
      "bin/docker-credential-test",
      `#!/bin/sh\nread -r server\necho "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"for $server\\"}"\n`,
    );
    await chmod(helper, 0o755);
    await write("docker/config.json", { credHelpers: { "a.io": "test", "b.io": "missing", "c.io": "../bin/x" } });
    expect(await find("oci://a.io/acme/web")).toEqual({ username: "get", password: "for a.io" });
    expect(await find("oci://b.io/web")).toBeUndefined();
    expect(await find("oci://c.io/web")).toBeUndefined();

    await write("docker/config.json", { credsStore: "test", auths: { "d.io": {} } });
    expect(await find("oci://d.io")).toEqual({ username: "get", password: "for d.io" });
  });

  test("Helm's for registries go before Docker's", async () => {
    await write("docker/config.json", { auths: { "ghcr.io": { auth: base64("docker:secret") } } });
    await write("helm/registry/config.json", { auths: { "ghcr.io": { auth: base64("helm:secret") } } });
    expect(await find("oci://ghcr.io/web")).toEqual({ username: "helm", password: "secret" });

    const other = await write("other.json", { auths: { "ghcr.io": { auth: base64("other:secret") } } });
    expect(await find("oci://ghcr.io/web", { HELM_REGISTRY_CONFIG: other })).toMatchObject({ username: "other" });
  });

  test("Helm's for repositories are for what is below their URL", async () => {
    await write(
      "helm/repositories.yaml",
      'repositories:\n- {name: a, url: "https://charts.example.com/stable/", username: me, password: secret}\n- {name: b, url: https://b.example.com}\n',
    );
    expect(await find("https://charts.example.com/stable")).toEqual(me);
    expect(await find("https://charts.example.com/stable/web-1.0.0.tgz")).toEqual(me);
    expect(await find("https://charts.example.com/stable-too")).toBeUndefined();
    expect(await find("https://charts.example.com.evil.example/stable")).toBeUndefined();
    expect(await find("https://b.example.com")).toBeUndefined();
  });

  test.each([
    ["one line", "machine files.example.com login me password secret"],
    [
      "several lines",
      "machine other.example.com\n\tlogin x\n\tpassword y\nmachine files.example.com\n  login me\n  password secret\n",
    ],
    [
      "quotes, comments and macros",
      '# machine files.example.com login x password y\nmacdef init\nmachine files.example.com password z\n\nmachine files.example.com login "me" password "secret"\n',
    ],
    ["an account", "machine files.example.com login me account password password secret"],
  ])("those of .netrc, written in %s", async (_, text) => {
    await write("netrc", text);
    expect(await find("https://files.example.com/a.yaml")).toEqual(me);
    expect(await find("https://evil.example.com/a.yaml")).toBeUndefined();
  });

  test("the default of .netrc is for nobody", async () => {
    await write("netrc", "default login me password secret");
    expect(await find("https://files.example.com/a.yaml")).toBeUndefined();
  });

  test.each(["docker/config.json", "helm/registry/config.json", "helm/repositories.yaml", "netrc"])(
    "a broken %s counts as none",
    async (name) => {
      await write(name, '{"auths": ');
      expect(await find("oci://ghcr.io/web")).toBeUndefined();
      expect(await find("https://files.example.com/")).toBeUndefined();
    },
  );
});

describe("a file of credentials", () => {
  test("the longest prefix wins", async () => {
    const path = await write(
      "credentials.yaml",
      "- {prefix: 'oci://ghcr.io', username: all, password: secret}\n- {prefix: 'oci://GHCR.io/acme/', token: t}\n- {prefix: 'https://ghcr.io', token: web}\n",
    );
    const { credentials: read } = await readCredentialsFile(path);
    expect(await read("oci://ghcr.io/acme/web")).toEqual({ token: "t" });
    expect(await read("oci://ghcr.io/acme2/web")).toEqual({ username: "all", password: "secret" });
    expect(await read("https://ghcr.io/acme")).toEqual({ token: "web" });
    expect(await read("oci://ghcr.io.example.com/acme")).toBeUndefined();
  });

  test("JSON", async () => {
    const { credentials: read } = await readCredentialsFile(
      await write("credentials.json", [{ prefix: "https://a.example.com", ...me }]),
    );
    expect(await read("https://a.example.com/x")).toEqual(me);
  });

  test.each([
    ["no YAML", "- prefix: {\n  hunter2", "is not YAML"],
    ["no list", "prefix: https://a.example.com\ntoken: hunter2", "must be a list of credentials"],
    ["no mapping", "- hunter2", "entry 1 must be a mapping"],
    ["another scheme", "- {prefix: ftp://a.example.com, token: hunter2}", "entry 1 must have a prefix"],
    [
      "half a user",
      "- {prefix: https://a.example.com, password: hunter2}",
      "entry 1 must have a username and password",
    ],
    ["both", "- {prefix: https://a.example.com, username: a, password: hunter2, token: b}", "entry 1 must have"],
    ["a number", "- {prefix: https://a.example.com, username: a, password: 12345}", "as text"],
    ["another member", "- {prefix: https://a.example.com, tokn: hunter2}", "unknown member tokn"],
  ])("one with %s is refused, without being quoted", async (_, text, message) => {
    const path = await write("credentials.yaml", text);
    const failure = await readCredentialsFile(path).catch((error: unknown) => String(error));
    expect(failure).toContain(message);
    expect(failure).toContain(path);
    expect(failure).not.toContain("hunter2");
  });
});

describe("repositories of the owner that is judged", () => {
  const own = (wanted: string[] = []) =>
    ownRepositories("https://github.example/Acme/gitops.git", async (name) => {
      wanted.push(name);
      return name === "base" ? "ghs_token" : undefined;
    });

  test.each([
    ["https://github.example/acme/base", "base"],
    ["https://github.example/ACME/base.git", "base"],
    ["https://github.example/acme/base/", "base"],
    ["https://github.example/x/../acme/base", "base"],
  ])("%s is read with a token for %s", async (url, name) => {
    const wanted: string[] = [];
    expect(await own(wanted).credentials(url)).toEqual({ username: "x-access-token", password: "ghs_token" });
    expect(wanted).toEqual([name]);
    expect(own().has(url)).toBe(true);
  });

  test.each([
    ["another repository of theirs, which the App may not read", "https://github.example/acme/other", true, ["other"]],
    ["a file", "https://github.example/acme/base/raw/main/a.yaml", true, []],
    ["no repository", "https://github.example/acme", true, []],
    ["an odd name", "https://github.example/acme/base%2f..", true, []],
    ["another owner", "https://github.example/acme-evil/base", false, []],
    ["another owner in the end", "https://github.example/acme/../evil/base", false, []],
    ["another host", "https://github.example.evil/acme/base", false, []],
    ["another port", "https://github.example:8443/acme/base", false, []],
    ["a host in disguise", "https://github.example@evil/acme/base", false, []],
    ["plain HTTP", "http://github.example/acme/base", false, []],
    ["SSH", "ssh://git@github.example/acme/base", false, []],
    ["a registry", "oci://github.example/acme/base", false, []],
  ])("no token is read for %s", async (_, url, isTheirs, names) => {
    const wanted: string[] = [];
    expect(await own(wanted).credentials(url)).toBeUndefined();
    expect(wanted).toEqual(names);
    expect(own().has(url)).toBe(isTheirs);
  });

  test("a change cannot have any number of tokens made", async () => {
    const wanted: string[] = [];
    const { credentials } = own(wanted);
    for (let at = 0; at < 100; at++) await credentials(`https://github.example/acme/r${at}`);
    await expect(credentials("https://github.example/acme/one-more")).rejects.toThrow("more than 100 repositories");
    await credentials("https://github.example/acme/r7");
    expect(wanted).toHaveLength(100);
  });
});

test("an entry of a file is used for the repositories that it names", async () => {
  const path = join(directory, "bound.yaml");
  await writeFile(
    path,
    "- { prefix: oci://ghcr.io/acme, token: ours, repositories: [https://github.com/acme] }\n- { prefix: oci://ghcr.io, token: all }\n",
  );
  const tokenFor = async (judged: readonly string[]): Promise<unknown> =>
    (await readCredentialsFile(path, judged)).credentials("oci://ghcr.io/acme/web");
  expect(await tokenFor(["https://github.com/acme/gitops.git"])).toEqual({ token: "ours" });
  expect(await tokenFor(["https://github.com/acme-evil/gitops.git"])).toEqual({ token: "all" });
  expect(await tokenFor([])).toEqual({ token: "all" });
});
