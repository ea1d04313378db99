import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { documents, prose, root } from "./documents.ts";

const rooms = readdirSync(join(root, "src"));

test.each(documents)("$path links to what exists", ({ path, text }) => {
  const links = [...prose(text).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
  const inside = links.filter((target) => !/^[a-z]+:/.test(target));
  expect(inside.filter((target) => !existsSync(join(root, dirname(path), target)))).toEqual([]);
});

test.each(documents)("$path names paths of this repository that exist", ({ path, text }) => {
  const ofRepository = matches(text, /(?<![\w./-])(?:src|test|docs|bench|scripts|toolchain|schema|\.ci)\/[\w./*<>-]*/g);
  const ofSource = matches(text, new RegExp(`(?<![\\w./-])(?:${rooms.join("|")})/[\\w/-]+\\.ts`, "g"));
  const missing = [
    ...ofRepository.filter((name) => !present(name) && !present(`src/${name}`)),
    ...ofSource.filter((name) => !present(`src/${name}`) && !present(name)),
    // policies/ and fixtures/ in the other documents are those of a gated repository.
    ...(path === "CONTRIBUTING.md"
      ? matches(text, /(?<=`)policies\/[\w./*<>-]*/g).filter((name) => !present(name))
      : []),
    ...matches(text, /(?<![\w./-])fixtures\/(?!accepted|rejected)[\w./*<>-]+/g).filter((name) => !present(name)),
  ];
  expect(missing).toEqual([]);
});

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...prose(text).matchAll(pattern)].map(([name]) => name.replace(/[./]+$/, ""));
}

/** Whether something is at `name`, in which `*`, `<name>`, `NAME` and `NNNN` stand for any part of a name. */
function present(name: string): boolean {
  let found = [root];
  for (const part of name.split("/")) {
    const pattern = new RegExp(
      `^${part.replace(/[.+]/g, "\\$&").replaceAll(/\*|<[^>]*>|NAME|NNNN(?:-title)?/g, ".*")}$`,
    );
    found = found.flatMap((directory) =>
      existsSync(join(directory, part))
        ? [join(directory, part)]
        : listed(directory)
            .filter((entry) => pattern.test(entry))
            .map((entry) => join(directory, entry)),
    );
  }
  return found.length > 0;
}

function listed(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
