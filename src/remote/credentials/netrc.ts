import { readFile } from "node:fs/promises";
import type { Credential, ReadCredentials } from "./credential.ts";

/**
 * Reads credentials from a `.netrc`, by host. Its `default` is for no host in particular, and so for none: a tree under
 * judgement may name any.
 */
export function netrc(path: string): ReadCredentials {
  let machines: Promise<ReadonlyMap<string, Credential>> | undefined;
  return async (url) => {
    if (!url.startsWith("https://")) return undefined;
    machines ??= readFile(path, "utf8").then(parse, () => new Map<string, Credential>());
    return (await machines).get(new URL(url).hostname);
  };
}

function parse(text: string): ReadonlyMap<string, Credential> {
  const words = tokens(text);
  const machines = new Map<string, Credential>();
  let machine: string | undefined;
  let login = "";
  for (let at = 0; at < words.length; at++) {
    const value = words[at + 1] ?? "";
    switch (words[at] ?? "") {
      case "machine":
        machine = value.toLowerCase();
        login = "";
        at++;
        break;
      case "default":
        machine = undefined;
        break;
      case "account":
        at++;
        break;
      case "login":
        login = value;
        at++;
        break;
      case "password":
        if (machine !== undefined && !machines.has(machine))
          machines.set(machine, { username: login, password: value });
        at++;
        break;
      default:
    }
  }
  return machines;
}

/** Words, of which one in quotes may have spaces. Neither comments nor macros, which end at an empty line, have any. */
function tokens(text: string): readonly string[] {
  const plain = text
    .replaceAll(/^[ \t]*macdef\b[^]*?(?:\r?\n[ \t]*\r?\n|$(?![^]))/gm, "")
    .replaceAll(/^[ \t]*#.*$/gm, "");
  return [...plain.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, bare = ""]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? bare,
  );
}
