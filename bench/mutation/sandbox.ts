import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Mutant } from "./mutants.ts";

/** The entry points that scripts/bundle.mjs replaces, and the module that each is made of. */
const entries: readonly (readonly [string, string])[] = [
  ["src/cli/main.js", "src/cli/process.js"],
  ["src/rego/evaluation.worker.js", "src/rego/evaluation.worker.js"],
];

/**
 * A build of its own beside links to the rest of the tree: neither a run that is killed nor a build meanwhile disturbs
 * the other.
 */
export class Sandbox {
  /** Where the tests run. */
  readonly root: string;
  readonly dist: string;
  readonly bundles: ReadonlyMap<string, string>;
  /** The entry points as compiled, since a bundle is made of them and takes their place. */
  readonly #compiled: string;

  constructor(tree: string) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-mutation-")));
    this.dist = join(this.root, "dist");
    this.#compiled = join(this.root, "compiled");
    for (const entry of readdirSync(tree, { withFileTypes: true })) {
      const [from, to] = [join(tree, entry.name), join(this.root, entry.name)];
      // The configuration of the tests belongs to the build, and a script finds the tree by its own place.
      if (entry.isFile() || entry.name === "scripts") cpSync(from, to, { recursive: true });
      else if (entry.name !== "dist") symlinkSync(from, to);
    }
    const tsc = join(tree, "node_modules/typescript/bin/tsc");
    const { status } = spawnSync(process.execPath, [tsc, "-p", tree, "--outDir", this.dist], { stdio: "inherit" });
    if (status !== 0) throw new Error("the tree does not compile");
    this.bundles = new Map(entries.map(([entry, from]) => [join(this.dist, entry), join(this.dist, from)]));
    for (const [i, [entry]] of entries.entries()) copyFileSync(join(this.dist, entry), `${this.#compiled}-${i}.js`);
  }

  /** Makes the bundles anew from the modules as they are. */
  async bundle(): Promise<void> {
    for (const [i, [entry]] of entries.entries()) copyFileSync(`${this.#compiled}-${i}.js`, join(this.dist, entry));
    const script: { bundle(root: string): Promise<void> } = await import(
      pathToFileURL(join(this.root, "scripts/bundle.mjs")).href
    );
    await script.bundle(this.root);
  }

  /** Puts a mutant in place and yields what takes it away. */
  apply({ file, start, end, replacement }: Mutant): () => void {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.slice(0, start) + replacement + text.slice(end));
    return () => writeFileSync(file, text);
  }

  /** Where a mutant is in the source, as `path:line`. */
  sourceOf({ file, line, column }: Mutant): string {
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
    const entry = map.findEntry(line - 1, column);
    if (!("originalSource" in entry)) return `${relative(this.root, file)}:${line}`;
    const path = relative(this.dist, file).replace(/\.js$/, ".ts");
    return `${path}:${entry.originalLine + 1}`;
  }

  relative(file: string): string {
    return relative(this.root, resolve(file));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
