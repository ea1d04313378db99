import { directoryOf } from "../files/scope.ts";
import { pathMatcher } from "../glob/path-pattern.ts";

/** One line of a `.sourceignore`, and the directory that it is relative to. */
export interface IgnorePattern {
  readonly include: boolean;
  readonly matches: (path: string) => boolean;
}

/** What Flux leaves out of every artifact by default (github.com/fluxcd/pkg/sourceignore). */
export const defaultIgnores: readonly IgnorePattern[] = readIgnorePatterns(
  [
    ".git/ .gitignore .gitmodules .gitattributes",
    "*.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip",
    ".github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml",
    "codeship-services.yml codeship-steps.yml **/.goreleaser.yml **/.sops.yaml **/.flux.yaml",
  ]
    .join(" ")
    .replaceAll(" ", "\n"),
  "",
);

/** Reads patterns in the format of `.gitignore`; their paths are relative to `directory` of the tree. */
export function readIgnorePatterns(text: string, directory: string): readonly IgnorePattern[] {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .map((line) => patternOf(line, directory === "" ? "" : `${directory}/`));
}

/** Makes the test for ignored files: the last pattern that matches the file, or a directory above it, decides. */
export function ignores(patterns: readonly IgnorePattern[]): (path: string) => boolean {
  const directories = new Map<string, boolean>();
  // A file below an ignored directory cannot be included again.
  const below = (directory: string): boolean => {
    if (directory === "") return false;
    let found = directories.get(directory);
    if (found === undefined) {
      found = below(directoryOf(directory)) || decide(patterns, `${directory}/`);
      directories.set(directory, found);
    }
    return found;
  };
  return (path) => below(directoryOf(path)) || decide(patterns, path);
}

/** `path` ends with `/` where it is a directory. */
function decide(patterns: readonly IgnorePattern[], path: string): boolean {
  return !(patterns.findLast(({ matches }) => matches(path))?.include ?? true);
}

function patternOf(line: string, below: string): IgnorePattern {
  const include = line.startsWith("!");
  const written = (include ? line.slice(1) : line).replace(/^\\(?=[!#])/, "").trimEnd();
  const onlyDirectories = written.endsWith("/");
  const bare = onlyDirectories ? written.slice(0, -1) : written;
  // A pattern with a slash before its end is anchored to its directory; others match names anywhere below.
  const glob = bare.includes("/") ? bare.replace(/^\//, "") : `**/${bare}`;
  const match = pathMatcher(glob);
  return {
    include,
    matches: (path) => {
      const isDirectory = path.endsWith("/");
      if ((onlyDirectories && !isDirectory) || !path.startsWith(below)) return false;
      const inner = path.slice(below.length, isDirectory ? -1 : undefined);
      return inner !== "" && match(inner);
    },
  };
}
