import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readVendorLock, vendorLockName, type LockedChart } from "../render/charts/vendor-lock.ts";
import type { FetchedContent } from "../render/desired-state.ts";
import { treeFiles } from "../render/files/tree-files.ts";
import { inert } from "../report/inert-text.ts";
import { tell, withDesiredState } from "./desired-subject.ts";
import { fetched, type FetchOptions } from "./fetch-command.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs `portcullis vendor`: writes a copy of every chart that the tree takes from a registry into the directory that
 * `helm.vendor` names, with the lock that tells whose it is. Returns the exit code.
 */
export async function vendorCommand(options: FetchOptions): Promise<number> {
  return withDesiredState([], options, async (subject) => {
    const { vendor } = subject.config.helm;
    if (vendor === undefined) throw new UsageError("name the directory for copies as `helm.vendor` of portcullis.yaml");
    const { state, problems } = await fetched(subject);
    const { lock } = await readVendorLock(vendor, await treeFiles(subject.tree));
    const written = new Map(
      (lock?.charts ?? []).map((one) => [keyOf(one), { ...one, path: within(one.path, vendor) }]),
    );
    const others = new Set<string>();
    for (const one of state.fetched) {
      if (one.reference.kind !== "chart") others.add(one.reference.url);
      else {
        const copy = await writeCopy(one, one.reference, resolve(vendor));
        written.set(keyOf(copy), copy);
      }
    }
    const charts = [...written.values()].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
    mkdirSync(resolve(vendor), { recursive: true });
    writeFileSync(join(resolve(vendor), vendorLockName), lockText(charts));
    subject.progress.clear();
    const lines = charts.map(
      ({ name, version, path }) => `${inert(name)} ${inert(version)}  ${vendor}/${inert(path)}\n`,
    );
    await new Promise<void>((done) => process.stdout.write(lines.join(""), () => done()));
    for (const url of others)
      process.stderr.write(`portcullis: only charts are copied, not ${inert(url)}: see kustomize.vendored\n`);
    tell(problems);
    return problems.length > 0 ? 2 : 0;
  });
}

/** A chart as the lock names it, with its path relative to the lock. */
type Copy = Omit<LockedChart, "path"> & { readonly path: string };

function keyOf({ name, repository, version }: Omit<Copy, "path" | "digest">): string {
  return `${name}\0${repository}\0${version}`;
}

function within(path: string, vendor: string): string {
  const start = vendor.replace(/^\.\//, "").replace(/\/+$/, "");
  return path.startsWith(`${start}/`) ? path.slice(start.length + 1) : path;
}

async function writeCopy(
  { version, files }: FetchedContent,
  { name, repository }: { readonly name: string; readonly repository: string },
  vendor: string,
): Promise<Copy> {
  const path = `${name}-${version}`.replaceAll(/[^\w.+-]/g, "_");
  const directory = join(vendor, path);
  if (existsSync(directory)) rmSync(directory, { recursive: true });
  const paths = files.filesBelow("");
  const bytes = await files.read(paths);
  const digests: string[] = [];
  for (const one of paths.toSorted()) {
    const content = bytes.get(one);
    if (content === undefined) throw new Error(`${name} ${version}: ${one} cannot be read`);
    const target = join(directory, one);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    digests.push(`${createHash("sha256").update(content).digest("hex")}  ${one}\n`);
  }
  const digest = createHash("sha256").update(digests.join("")).digest("hex");
  return { name, repository, version, path, digest: `sha256:${digest}` };
}

/** JSON strings are YAML strings, whatever they hold. */
function lockText(charts: readonly Copy[]): string {
  const entries = charts.map(
    ({ name, repository, version, path, digest }) =>
      `  - name: ${JSON.stringify(name)}\n    repository: ${JSON.stringify(repository)}\n    version: ${JSON.stringify(version)}\n    path: ${JSON.stringify(path)}\n    digest: ${digest}\n`,
  );
  return `# Written by portcullis vendor.\nversion: 1\ncharts:${entries.length === 0 ? " []" : ""}\n${entries.join("")}`;
}
