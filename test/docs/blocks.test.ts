import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { directoryWith, git, portcullis, write } from "../cli/run-portcullis.ts";
import { settingsText } from "../../src/app/setup/credential-files.ts";
import { packedTarball, root } from "../package/installed.ts";
import { installedPostgres, startPostgres, type Postgres } from "../support/postgres.ts";
import { startGitHub } from "../support/github/server.ts";
import { register } from "../support/register-app.ts";
import { blocksOf, type Block } from "./blocks.ts";
import { documentedRepository } from "./documented-repository.ts";

// Every block of the pages by which people install, run and upgrade is executed: as it stands where its programs are here,
// else by a program that stands in for the missing one and whose arguments are compared with what it would act on.

const pages = ["docs/install.md", "docs/ci.md", "docs/operations.md", "docs/upgrading.md"].flatMap(blocksOf);
const shell = pages.filter(({ language }) => language === "sh");
const called = (name: string): readonly Block[] =>
  shell.filter(({ text }) => new RegExp(`^${name}(?: |$)`, "m").test(text));

let tarball: string;
let postgres: Postgres | undefined;
beforeAll(async () => {
  tarball = await packedTarball();
  const programs = installedPostgres();
  if (programs === undefined) return void process.stderr.write("SKIPPED: copies of a database need PostgreSQL\n");
  postgres = await startPostgres(programs, join(mkdtempSync(join(tmpdir(), "portcullis-docs-pg-")), "data"));
});
afterAll(() => postgres?.stop());

interface ShellRun {
  readonly directory: string;
  readonly output: string;
  readonly status: number | null;
  /** The calls of programs that stood in, each as its words. */
  readonly calls: readonly (readonly string[])[];
}

/** What `portcullis setup` writes, which the pages load. */
const SETTINGS = {
  APP_ID: "4242",
  PRIVATE_KEY_PATH: "/home/operator/portcullis.pem",
  WEBHOOK_SECRET: "a-secret-of-the-webhook",
  PUBLIC_URL: "https://portcullis.example.com",
};

/** Programs that need a registry, a cluster, an engine or GitHub: they record how they are called. */
const STAND_INS = ["docker", "kubectl", "helm", "cosign", "gh"];

function runBlock(
  { text }: Block,
  prepare: (directory: string) => void = () => {},
  env: NodeJS.ProcessEnv = {},
): ShellRun {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-docs-")));
  const directory = join(home, "repository");
  git(home, "clone", "--quiet", documentedRepository(), directory);
  git(directory, "checkout", "--quiet", "change");
  for (const path of ["deploy", "package.json"]) cpSync(join(root, path), join(directory, path), { recursive: true });
  writeFileSync(join(directory, "portcullis.pem"), "the private key\n");
  writeFileSync(join(directory, "portcullis.env"), settingsText(SETTINGS));
  prepare(directory);
  const bin = join(home, "bin");
  const calls = join(home, "calls");
  mkdirSync(bin);
  const program = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}`);
    chmodSync(join(bin, name), 0o755);
  };
  const record = `printf '%s\\0' "\${0##*/}" "$@" >> '${calls}'; printf '\\n' >> '${calls}'\n`;
  for (const name of STAND_INS) program(name, record);
  // What npm would get from the registry is the tarball; a checkout's own commands are tested where they belong.
  const npm = spawnSync("which", ["npm"], { encoding: "utf8" }).stdout.trim();
  program(
    "npm",
    `${record}if [[ $1 == install ]]; then exec '${npm}' "\${@/@portcullis-gate\\/cli@*/${tarball}}"; fi\n`,
  );
  const { status, stdout, stderr } = spawnSync("bash", ["-eu", "-o", "pipefail", "-c", text], {
    cwd: directory,
    encoding: "utf8",
    // Where its input is a socket, bash takes itself for a remote shell and reads files of its own.
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: [bin, join(home, "npm/bin"), process.env["PATH"]].join(":"),
      HOME: home,
      npm_config_prefix: join(home, "npm"),
      GIT_CONFIG_NOSYSTEM: "1",
      ...env,
    },
  });
  const recorded = existsSync(calls) ? readFileSync(calls, "utf8").split("\0\n").filter(Boolean) : [];
  return { directory, output: stdout + stderr, status, calls: recorded.map((line) => line.split("\0")) };
}

const settings = readFileSync(join(root, "src/app/settings.ts"), "utf8");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };

describe("the blocks of install, CI, operations and upgrading pages", () => {
  test("are all of a kind that is executed here", () => {
    const first = (block: Block): string => /^(?:#.*\n)*(\S+)/.exec(block.text)?.[1] ?? "";
    const kinds = [
      "npx",
      "docker",
      "kubectl",
      "helm",
      "npm",
      "cosign",
      "sha256sum",
      "tar",
      "rm",
      "set",
      "pg_dump",
      "pg_restore",
    ];
    expect(shell.filter((block) => !kinds.includes(first(block)))).toEqual([]);
    // The statements for the database are executed by the test of the store.
    const others = pages.filter(({ language }) => !["sh", "sql", "yaml", "html"].includes(language));
    expect(others).toEqual([]);
  });

  test.each(called("npx --no-install portcullis setup"))("$path:$line registers the App", async ({ text }) => {
    const github = await startGitHub();
    const directory = directoryWith({});
    const words = text.trim().split(/\s+/).slice(3);
    const ran = await portcullis(directory, [...words, "--github-url", github.url, "--no-open"], {}, (child) => {
      let out = "";
      child.stdout.on("data", (more: string) => {
        const url = /^ {2}(http:\S+)$/m.exec((out += more))?.[1];
        if (url !== undefined && more.includes("Ctrl-C"))
          void register(url).then(
            (back) => fetch(back),
            () => child.kill(),
          );
      });
    });
    await github.close();
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(existsSync(join(directory, "portcullis.env"))).toBe(true);
  });

  test.each(called("docker"))("$path:$line starts the image with settings that the server knows", (block) => {
    const { status, calls } = runBlock(block);
    expect(status).toBe(0);
    const [words = []] = calls;
    const image = words.findIndex((word) => word === `ghcr.io/portcullis-gate/portcullis:${version}`);
    expect(image).toBeGreaterThan(0);
    expect(words.filter((word) => word.startsWith("PRIVATE_KEY="))).toEqual(
      words.includes("check") ? [] : ["PRIVATE_KEY=the private key"],
    );
    const names = words.flatMap((word, at) => (words[at - 1] === "--env" ? [word.split("=")[0] ?? ""] : []));
    expect(names.filter((name) => name !== "HOME" && !settings.includes(`"${name}"`))).toEqual([]);
    for (const [at, word] of words.entries())
      if (words[at - 1] === "--volume") expect(word).toMatch(/^(?:portcullis|\/\S+):\/\S+$/);
  });

  test.each(called("kubectl").filter(({ text }) => text.includes("secret")))(
    "$path:$line makes the Secret that chart and base expect",
    (block) => {
      const { status, calls } = runBlock(block);
      expect(status).toBe(0);
      const words = calls.flat();
      const stateful = readFileSync(join(root, "deploy/kustomize/base/statefulset.yaml"), "utf8");
      const expected = [...stateful.matchAll(/key: (\S+)/g)].map(([, key]) => key);
      const given = words.flatMap((word) => /^--from-(?:literal|file)=([^=]+)=/.exec(word)?.[1] ?? []);
      expect(new Set(given)).toEqual(new Set(expected));
      expect(words).toContain(`--from-literal=app-id=${SETTINGS.APP_ID}`);
      expect(words).toContain(`--from-literal=webhook-secret=${SETTINGS.WEBHOOK_SECRET}`);
    },
  );

  test.each(called("helm"))("$path:$line gives the chart values that it takes", async (block) => {
    const { status, calls, directory } = runBlock(block);
    expect(status).toBe(0);
    for (const words of calls.filter(([name]) => name === "helm")) {
      expect(words).toContain("deploy/helm/portcullis");
      const values: { [key: string]: unknown } = {};
      for (const [at, word] of words.entries()) {
        if (words[at - 1] !== "--set") continue;
        const [path = "", value = ""] = word.split("=");
        const keys = path.split(".");
        let place = values;
        for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as { [key: string]: unknown };
        place[keys.at(-1) ?? ""] = load(value);
      }
      write(directory, {
        "values.json": JSON.stringify(values),
        "portcullis.yaml": `version: 1\npolicies: ["@portcullis/library"]\napply: [{ path: deploy/helm/portcullis, as: helm, namespace: portcullis, values: [values.json] }]\n`,
      });
      expect((await portcullis(directory, ["check"])).code).toBe(0);
    }
  });

  test.each(called("kubectl apply --kustomize"))("$path:$line applies what Kustomize builds", async (block) => {
    const { status, calls, directory } = runBlock(block);
    expect(status).toBe(0);
    const rendered = await portcullis(directory, ["render", calls[0]?.at(-1) ?? ""]);
    expect(rendered.out).toContain("kind: StatefulSet");
  });

  test.each(called("npm install"))("$path:$line installs the command and judges", (block) => {
    const { status, output, calls, directory } = runBlock(block);
    expect(calls[0]).toContain(`@portcullis-gate/cli@${version}`);
    expect(output).toContain("Deployment api");
    expect(status).toBe(1);
    expect(existsSync(join(directory, "portcullis.xml"))).toBe(true);
  });

  test.each(called("npm ci"))("$path:$line sets what the server reads, and starts it", (block) => {
    const shown = { ...block, text: `${block.text}\nbash -c 'echo "$APP_ID $PRIVATE_KEY_PATH $WEBHOOK_SECRET"'` };
    const { status, calls, output } = runBlock(shown);
    expect({ status, calls }).toEqual({
      status: 0,
      calls: [
        ["npm", "ci"],
        ["npm", "start"],
      ],
    });
    expect(output).toContain(`${SETTINGS.APP_ID} ${SETTINGS.PRIVATE_KEY_PATH} ${SETTINGS.WEBHOOK_SECRET}`);
  });

  test.each(called("cosign"))("$path:$line asks for the identity of the release workflow", (block) => {
    const { status, calls } = runBlock(block);
    expect(status).toBe(0);
    const identity = /\.github\/workflows\/\S+(?=@)/.exec(block.text)?.[0] ?? "";
    expect(existsSync(join(root, identity))).toBe(true);
    expect(calls.map(([name, command]) => `${name} ${command}`)).toEqual(["cosign verify", "npm audit"]);
  });

  test("a release's files are verified by the documented command, and the package is the same each time", () => {
    const [first, second] = ["a", "b"].map(() => {
      const directory = mkdtempSync(join(tmpdir(), "portcullis-release-"));
      const args = [join(root, "scripts/release.mjs"), directory];
      const { status, stderr } = spawnSync(process.execPath, args, {
        encoding: "utf8",
        env: { ...process.env, RELEASE_TAG: `v${version}` },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
      return directory;
    });
    const [block] = called("sha256sum");
    const { status, output } = runBlock(block!, (directory) => cpSync(first ?? "", directory, { recursive: true }));
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining(`portcullis-gate-cli-${version}.tgz: OK`),
    });
    const packed = (directory = ""): Buffer => readFileSync(join(directory, `portcullis-gate-cli-${version}.tgz`));
    expect(packed(first).equals(packed(second))).toBe(true);
    const bill = JSON.parse(readFileSync(join(first ?? "", `portcullis-${version}.cdx.json`), "utf8"));
    expect(bill).toMatchObject({
      bomFormat: "CycloneDX",
      components: expect.arrayContaining([expect.objectContaining({ name: "probot" })]),
    });
  });

  test("a release with another tag than the version's is refused", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "scripts/release.mjs"), mkdtempSync(join(tmpdir(), "portcullis-release-"))],
      {
        encoding: "utf8",
        env: { ...process.env, RELEASE_TAG: "v9.9.9" },
      },
    );
    expect(stderr).toContain(`the tag is v9.9.9: expected v${version}`);
    expect(status).not.toBe(0);
  });

  test("the copy of an embedded database is put back as it was", () => {
    const state = directoryWith({ "store/base/1": "before" });
    const keep = shell.find(({ text }) => text.startsWith("tar "));
    const restore = shell.find(({ text }) => text.startsWith("rm "));
    const { directory, status } = runBlock(keep!, undefined, { STATE_DIR: state });
    expect(status).toBe(0);
    write(state, { "store/base/1": "after", "store/base/2": "new" });
    const back = runBlock(
      restore!,
      (to) => cpSync(join(directory, "portcullis-store.tgz"), join(to, "portcullis-store.tgz")),
      { STATE_DIR: state },
    );
    expect(back.status).toBe(0);
    expect(readFileSync(join(state, "store/base/1"), "utf8")).toBe("before");
    expect(existsSync(join(state, "store/base/2"))).toBe(false);
  });

  test("the copy of a PostgreSQL database is put back as it was", () => {
    if (postgres === undefined) return;
    const url = postgres.url;
    const sql = (text: string): string => {
      const { status, stdout, stderr } = spawnSync("psql", [url, "-v", "ON_ERROR_STOP=1", "-Atc", text], {
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim();
    };
    sql(
      "create schema portcullis; create schema portcullis_queue; create table portcullis.work (id int); insert into portcullis.work values (7)",
    );
    const [keep] = called("pg_dump");
    const { directory, status, output } = runBlock(keep!, undefined, { DATABASE_URL: url });
    expect({ status, output }).toEqual({ status: 0, output: "" });
    sql("alter table portcullis.work add column more int; delete from portcullis.work");
    const [restore] = called("pg_restore");
    const back = runBlock(restore!, (to) => cpSync(join(directory, "portcullis.dump"), join(to, "portcullis.dump")), {
      DATABASE_URL: url,
    });
    expect({ status: back.status, output: back.output }).toEqual({ status: 0, output: "" });
    expect(sql("select * from portcullis.work")).toBe("7");
  });
});

describe("the configurations that these pages show", () => {
  const yaml = pages.filter(({ language }) => language === "yaml");
  const kinds = {
    "# .github/workflows/portcullis.yml": workflow,
    "# .gitlab-ci.yml": gitlab,
    "# .pre-commit-config.yaml": preCommit,
  };

  test("are all known here, but for the credentials, which have a test of their own", () => {
    const others = yaml.filter(({ text }) => !Object.keys(kinds).some((kind) => text.startsWith(kind)));
    expect(others.map(({ text }) => text.includes("prefix: "))).toEqual([true]);
  });

  test.each(Object.entries(kinds))("%s names what this repository has", (kind, verify) => {
    const block = yaml.find(({ text }) => text.startsWith(kind));
    verify(load(block?.text ?? ""));
  });

  test("the form that registers the App asks for what app.yml lists", () => {
    const [form] = pages.filter(({ language }) => language === "html");
    const manifest = JSON.parse(/<textarea[^>]*>([\s\S]*?)<\/textarea>/.exec(form?.text ?? "")?.[1] ?? "{}");
    const app = load(readFileSync(join(root, "app.yml"), "utf8")) as { readonly [key: string]: unknown };
    expect(manifest).toMatchObject({
      public: app["public"],
      default_permissions: app["default_permissions"],
      default_events: app["default_events"],
    });
  });
});

function workflow(read: unknown): void {
  const { on, permissions, jobs } = read as {
    readonly on: object;
    readonly permissions: object;
    readonly jobs: { readonly [name: string]: { readonly steps: readonly { uses: string; with?: object }[] } };
  };
  expect(Object.keys(on)).toEqual(["pull_request", "merge_group", "push"]);
  expect(permissions).toEqual({ contents: "read" });
  const own = jobs["portcullis"]?.steps.find(({ uses }) => uses === `portcullis-gate/portcullis@v${version}`);
  expect(own).toBeDefined();
  const { inputs } = load(readFileSync(join(root, "action.yml"), "utf8")) as { readonly inputs: object };
  expect(Object.keys(own?.with ?? {}).filter((name) => !(name in inputs))).toEqual([]);
}

function gitlab(read: unknown): void {
  const { include } = read as { readonly include: readonly { readonly remote: string }[] };
  const [, tag, path = ""] = /portcullis-gate\/portcullis\/v([\d.]+)\/(.+)$/.exec(include[0]?.remote ?? "") ?? [];
  expect(tag).toBe(version);
  expect(existsSync(join(root, path))).toBe(true);
}

function preCommit(read: unknown): void {
  const { repos } = read as { readonly repos: readonly { rev: string; hooks: readonly { id: string }[] }[] };
  const hooks = load(readFileSync(join(root, ".pre-commit-hooks.yaml"), "utf8")) as readonly { readonly id: string }[];
  expect(repos[0]?.rev).toBe(`v${version}`);
  expect(repos[0]?.hooks.map(({ id }) => id)).toEqual(hooks.map(({ id }) => id));
}
