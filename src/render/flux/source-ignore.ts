import { readGoPattern } from "../glob/go-pattern.ts";
import { compileProgram } from "../glob/program.ts";

/** One line of a `.sourceignore`, and the directory that it is relative to. */
export interface IgnorePattern {
  readonly include: boolean;
  readonly matches: (path: string) => boolean;
}

const vcs = ".git/ .gitignore .gitmodules .gitattributes";
const others =
  "*.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip " +
  ".github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml codeship-services.yml codeship-steps.yml " +
  "**/.goreleaser.yml **/.sops.yaml **/.flux.yaml";

/**
 * The patterns by which source-controller leaves files out of an artifact (github.com/fluxcd/pkg/sourceignore). Its defaults
 * beyond Git's own files hold only where the source has no pattern of its own.
 */
export function artifactPatterns(own: readonly IgnorePattern[]): readonly IgnorePattern[] {
  const defaults = own.length > 0 ? vcs : `${vcs} ${others}`;
  return [...readIgnorePatterns(defaults.replaceAll(" ", "\n"), ""), ...own];
}

/** Reads patterns as Flux does; their paths are relative to `directory`. A line longer than Go's scanner takes ends the file. */
export function readIgnorePatterns(text: string, directory: string): readonly IgnorePattern[] {
  const patterns: IgnorePattern[] = [];
  for (const line of text.split("\n")) {
    if (new TextEncoder().encode(line).length >= longestLine) break;
    const written = line.replace(/\r$/, "");
    if (!written.startsWith("#") && written.trim() !== "")
      patterns.push(patternOf(written, directory === "" ? "" : `${directory}/`));
  }
  return patterns;
}

const longestLine = 64 * 1024;

/**
 * Makes the test for ignored paths: the last pattern that matches decides. Other than for Git, a file may be included again
 * below a directory that is left out. `path` ends with `/` where it is a directory.
 */
export function ignores(patterns: readonly IgnorePattern[]): (path: string) => boolean {
  return (path) => !(patterns.findLast(({ matches }) => matches(path))?.include ?? true);
}

function patternOf(line: string, below: string): IgnorePattern {
  const include = line.startsWith("!");
  const bare = include ? line.slice(1) : line;
  const trimmed = bare.endsWith("\\ ") ? bare : bare.replace(/ +$/, "");
  const onlyDirectories = trimmed.endsWith("/");
  const written = onlyDirectories ? trimmed.slice(0, -1) : trimmed;
  const segments = written.split("/");
  const match = segments.length > 1 ? pathMatch(segments) : nameMatch(written);
  return {
    include,
    matches: (path) => {
      if (!path.startsWith(below)) return false;
      const isDirectory = path.endsWith("/");
      const inner = path.slice(below.length, isDirectory ? -1 : undefined);
      return inner !== "" && match(inner.split("/"), onlyDirectories && !isDirectory);
    },
  };
}

/** `parentsOnly`: the last segment is a file, and the pattern names directories. */
type Match = (path: readonly string[], parentsOnly: boolean) => boolean;

/** A pattern without a slash names a file or directory anywhere. */
function nameMatch(pattern: string): Match {
  const matches = segmentMatch(pattern);
  return (path, parentsOnly) => {
    const at = path.findIndex(matches);
    return at !== -1 && !(parentsOnly && at === path.length - 1);
  };
}

/** A pattern with a slash names a path from its directory on, and all that is below. */
function pathMatch(segments: readonly string[]): Match {
  const compiled = segments.map((segment) => ({ segment, matches: segmentMatch(segment) }));
  return (path, parentsOnly) => {
    let [at, matched, skips] = [0, false, false];
    for (const [index, { segment, matches }] of compiled.entries()) {
      if (segment === "") {
        skips = false;
        continue;
      }
      if (segment === "**") {
        if (index === compiled.length - 1) break;
        skips = true;
        continue;
      }
      if (segment.includes("**") || at === path.length) return false;
      if (!skips) {
        if (!matches(path[at] ?? "")) return false;
        matched = true;
        at += 1;
        continue;
      }
      skips = false;
      const found = path.findIndex((name, position) => position >= at && matches(name));
      // As in Flux, segments that follow one which is nowhere find no path left.
      at = found === -1 ? path.length : found + 1;
      matched = found !== -1;
    }
    return matched && !(parentsOnly && at === path.length);
  };
}

/** Go's filepath.Match; what it cannot read matches nothing. */
function segmentMatch(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const glob = readGoPattern(pattern);
  return glob === undefined ? () => false : compileProgram(glob).matches;
}
