import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { directoryWith } from "../cli/run-portcullis.ts";
import { readManifest, root } from "../package/installed.ts";
import { concluded } from "../support/app.ts";
import { deployment, rules } from "../support/fleet.ts";
import { startGitHub } from "../support/github/server.ts";
import { until } from "../support/until.ts";

/** What a machine's engine asks for besides, such as `--runtime runc`; and another base where none can be pulled. */
const {
  PORTCULLIS_IMAGE_BASE: base,
  PORTCULLIS_BUILD_OPTIONS: buildOptions = "",
  PORTCULLIS_RUN_OPTIONS: runOptions = "",
} = process.env;
const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

const TAG = `localhost/portcullis:test-${process.pid}`;
let engine: string | undefined;

/** The engine that runs containers, where it also gets the base image; else undefined, with the reason on stderr. */
function usableEngine(): string | undefined {
  const named = process.env["CONTAINER_ENGINE"];
  const found = (named === undefined ? ["docker", "podman"] : [named]).find((name) => succeeds(name, ["info"]));
  if (found === undefined) return skipped("no container engine answers");
  const image = base ?? "docker.io/library/node:22-bookworm-slim";
  if (!succeeds(found, ["image", "inspect", image]) && !succeeds(found, ["pull", image]))
    return skipped(`${found} does not get ${image}`);
  return found;
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function skipped(why: string): undefined {
  process.stderr.write(`SKIPPED: the image is not built and not started: ${why}\n`);
  return undefined;
}

function run(args: readonly string[]): { readonly status: number | null; readonly stdout: string; stderr: string } {
  return spawnSync(engine ?? "", args, { encoding: "utf8" });
}

const readOnly = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];

beforeAll(() => {
  engine = usableEngine();
  if (engine === undefined) return;
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      join(root, "scripts/image.mjs"),
      "--tag",
      TAG,
      ...(base === undefined ? [] : ["--base", base]),
      "--",
      ...words(buildOptions),
    ],
    { encoding: "utf8", env: { ...process.env, CONTAINER_ENGINE: engine } },
  );
  if (status !== 0) throw new Error(stderr.slice(-3_000));
});

test("the image holds the command line, and judges a read-only directory without a network", () => {
  if (engine === undefined) return;
  const repository = directoryWith({
    "pod.yaml":
      "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: nginx }] }\n",
  });
  chmodSync(repository, 0o755);
  const options = ["run", "--rm", ...words(runOptions), ...readOnly, "--network", "none"];
  const version = run([...options, TAG, "--version"]);
  expect(version.stdout).toBe(`${readManifest(root).version}\n`);
  const { status, stdout } = run([
    ...options,
    "--volume",
    `${repository}:/repository:ro`,
    "--workdir",
    "/repository",
    TAG,
    "check",
  ]);
  expect(stdout).toContain("deny[images/tag]");
  expect(status).toBe(1);
});

test("the image serves: without root, on a read-only file system, and drains when it is stopped", async () => {
  if (engine === undefined) return;
  const github = await startGitHub();
  const secrets = mkdtempSync(join(tmpdir(), "portcullis-secrets-"));
  // The container's user is another one.
  chmodSync(secrets, 0o755);
  writeFileSync(join(secrets, "private-key"), github.privateKey, { mode: 0o644 });
  const port = 20_000 + (process.pid % 10_000);
  const name = `portcullis-test-${process.pid}`;
  const started = run([
    "run",
    "--detach",
    "--name",
    name,
    "--network",
    "host",
    ...words(runOptions),
    ...readOnly,
    "--volume",
    `${secrets}:/run/secrets/portcullis:ro`,
    ...Object.entries({
      APP_ID: String(github.appId),
      PRIVATE_KEY_PATH: "/run/secrets/portcullis/private-key",
      WEBHOOK_SECRET: github.webhookSecret,
      GITHUB_API_URL: github.apiUrl,
      HOST: "127.0.0.1",
      PORT: String(port),
    }).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    TAG,
  ]);
  expect(started.status).toBe(0);
  try {
    await until(
      () =>
        succeeds(process.execPath, [
          "-e",
          `fetch("http://127.0.0.1:${port}/readyz").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`,
        ]),
      "the container to be ready",
    );
    github.setWebhookUrl(`http://127.0.0.1:${port}/api/github/webhooks`);
    const repository = await github.createRepository({ files: { ...rules(), "apps/web.yaml": deployment("nginx:1") } });
    const pull = await github.proposeFiles(repository, { "apps/web.yaml": deployment("nginx:latest") });
    expect((await concluded(github, pull)).conclusion).toBe("failure");

    const [healthcheck] = JSON.parse(run(["image", "inspect", TAG]).stdout) as readonly [ImageFacts];
    const [, ...command] = (healthcheck.Config.Healthcheck ?? healthcheck.Healthcheck)?.Test ?? [];
    expect(run(["exec", name, ...command]).status).toBe(0);
    expect(run(["exec", name, "id", "--user"]).stdout).toBe("10001\n");
    expect(run(["exec", name, "touch", "/app/x"]).status).not.toBe(0);

    expect(run(["stop", "--time", "30", name]).status).toBe(0);
    expect(run(["inspect", "--format", "{{.State.ExitCode}}", name]).stdout.trim()).toBe("0");
  } catch (error) {
    const { stdout, stderr } = run(["logs", name]);
    throw new Error(`${error instanceof Error ? error.message : String(error)}; it wrote:\n${stdout}${stderr}`, {
      cause: error,
    });
  } finally {
    run(["rm", "--force", "--volumes", name]);
    await github.close();
  }
});

interface ImageFacts {
  readonly Healthcheck?: { readonly Test: readonly string[] };
  readonly Config: { readonly Healthcheck?: { readonly Test: readonly string[] } };
}
