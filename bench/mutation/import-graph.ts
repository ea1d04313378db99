import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";

/** A test file that reaches a module. */
export interface Reaching {
  /** Absolute. */
  readonly test: string;
  /** How many imports lie between. */
  readonly distance: number;
  /** How many modules the test reaches in all. */
  readonly size: number;
  /** Whether the way leads through a bundle, or may do so. */
  readonly bundled: boolean;
}

/** How tests start the command line: by its path, as a program. */
const program = /"(?:[^"]*\/)?src\/cli\/main\.c?js"/;
const specifier = /(?:from\s*|import\s*\(?\s*|new URL\(\s*)"(\.{1,2}\/[^"]+\.[cm]?js)"/g;

/** The modules below `dist`, by who imports them. `bundles` leads from a built bundle to the modules that it is made of. */
export class ImportGraph {
  readonly #dist: string;
  readonly #bundles: ReadonlyMap<string, string>;
  readonly #imports = new Map<string, readonly string[]>();

  constructor(dist: string, bundles: ReadonlyMap<string, string>) {
    this.#dist = dist;
    this.#bundles = bundles;
    for (const file of filesBelow(dist)) if (file.endsWith(".js")) this.#imports.set(file, importsOf(file, dist));
  }

  /** The tests that reach `module`: those at its mirrored path first, then those of its room, then the smallest. */
  testsReaching(module: string): readonly Reaching[] {
    const mirrored = module.replace(join(this.#dist, "src") + sep, join(this.#dist, "test") + sep);
    const room = join(this.#dist, "test", mirrored.slice(join(this.#dist, "test").length + 1).split(sep)[0] ?? "");
    const rank = ({ test }: Reaching): number => {
      if (test === mirrored.replace(/\.js$/, ".test.js")) return 0;
      if (dirname(test) === dirname(mirrored) && dirname(test) !== room) return 1;
      return test.startsWith(room + sep) ? 2 : 3;
    };
    return [...this.#imports.keys()]
      .filter((file) => file.endsWith(".test.js"))
      .flatMap((test) => this.#reach(test, module))
      .map((reaching) => ({ reaching, rank: rank(reaching) }))
      .toSorted(
        (a, b) =>
          a.rank - b.rank ||
          (a.rank < 3 ? a.reaching.distance - b.reaching.distance : 0) ||
          a.reaching.size - b.reaching.size ||
          (a.reaching.test < b.reaching.test ? -1 : 1),
      )
      .map(({ reaching }) => reaching);
  }

  #reach(test: string, module: string): readonly Reaching[] {
    const seen = new Set([test]);
    let bundled = false;
    let found: number | undefined;
    for (let distance = 0, front = [test]; front.length > 0; distance++) {
      if (found === undefined && front.includes(module)) found = distance;
      const next = front.flatMap((file) => {
        const bundle = this.#bundles.get(file);
        bundled ||= bundle !== undefined;
        return [...(this.#imports.get(file) ?? []), ...(bundle === undefined ? [] : [bundle])];
      });
      front = [...new Set(next)].filter((file) => !seen.has(file));
      for (const file of front) seen.add(file);
    }
    return found === undefined ? [] : [{ test, distance: found, size: seen.size, bundled }];
  }
}

function importsOf(file: string, dist: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  const imported = [...text.matchAll(specifier)].map(([, path]) => resolve(dirname(file), path ?? ""));
  return program.test(text) ? [...imported, join(dist, "src/cli/main.js")] : imported;
}

/** Every file below a directory, sorted. */
export function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
