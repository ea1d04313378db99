// Builds the container image with the engine that is there:
// `node scripts/image.mjs [--tag NAME] [--platform linux/amd64,linux/arm64] [--base IMAGE] [-- OPTION…]`.
// What follows `--` goes to the engine. Several platforms need docker's buildx, or become a manifest list of podman or buildah. Prints the image's name.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const engines = ["docker", "podman", "buildah"];

/** The container engine that answers, or the one that CONTAINER_ENGINE names; undefined where there is none. */
export function findEngine(environment = process.env) {
  const named = environment["CONTAINER_ENGINE"];
  return (named === undefined ? engines : [named]).find(
    (engine) => spawnSync(engine, ["info"], { stdio: "ignore" }).status === 0,
  );
}

/** The command that builds the image. */
export function buildCommand(engine, { tag, platform, base, labels, options }) {
  const several = platform?.includes(",") === true;
  const args = [
    ...(engine === "docker" ? ["buildx", "build", ...(several ? [] : ["--load"])] : ["build", "--format", "docker"]),
    ...(several && engine !== "docker" ? ["--manifest", tag] : ["--tag", tag]),
    ...(platform === undefined ? [] : ["--platform", platform]),
    ...(base === undefined ? [] : ["--build-arg", `NODE=${base}`]),
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `org.opencontainers.image.${key}=${value}`]),
    ...options,
    ".",
  ];
  return [engine, args];
}

function main() {
  const { version, description, license, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { values, positionals: options } = parseArgs({
    allowPositionals: true,
    options: { tag: { type: "string" }, platform: { type: "string" }, base: { type: "string" } },
  });
  const engine = findEngine();
  if (engine === undefined) {
    console.error(`no container engine answers: expected one of ${engines.join(", ")}`);
    return 2;
  }
  const tag = values.tag ?? `ghcr.io/portcullis-gate/portcullis:${version}`;
  const source = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  const labels = { title: "portcullis", description, version, licenses: license, source };
  const [command, args] = buildCommand(engine, { ...values, tag, labels, options });
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) console.log(tag);
  return status ?? 2;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = main();
