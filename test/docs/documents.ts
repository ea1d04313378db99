import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../../..");

export interface Document {
  /** Below the repository's root. */
  readonly path: string;
  readonly text: string;
}

const underDocs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
  .map((path) => `docs/${path.replaceAll("\\", "/")}`)
  .filter((path) => path.endsWith(".md"));

/** What people read about Portcullis, without the changelog: that one may name what is gone. */
export const documents: readonly Document[] = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "policies/README.md",
  ...underDocs.toSorted(),
].map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

const FENCE = /^( *)```([a-z]*)\n([\s\S]*?)^\1```$/gm;

/** The text outside fenced blocks. */
export const prose = (text: string): string => text.replaceAll(FENCE, "");

/** The command lines of a document, without prompt, comment, redirection and what a pipe leads to. */
export function commandLines(text: string): readonly string[] {
  const fenced = [...text.matchAll(FENCE)].flatMap(([, , language = "", body = ""]) => linesOf(language, body));
  const inline = [...prose(text).matchAll(/`((?:npm|npx|portcullis|node) [^`\n]+)`/g)].map(([, line = ""]) => line);
  return [...fenced, ...inline].flatMap((line) =>
    line
      .replace(/\s+#.*$/, "")
      .split("&&")
      .map((part) => (part.split(/\s(?:\||>>?)\s/)[0] ?? "").trim()),
  );
}

function linesOf(language: string, body: string): readonly string[] {
  const lines = body.split("\n");
  if (language === "sh") return lines;
  if (language === "yaml") return lines.flatMap((line) => /^\s*- run: (.*)$/.exec(line)?.[1] ?? []);
  return lines.flatMap((line) => /^\$ (.*)$/.exec(line)?.[1] ?? /^(portcullis .*?)(?: {3}.*)?$/.exec(line)?.[1] ?? []);
}

/** The arguments of `portcullis` in a command line, as a shell would split them; undefined for other commands. */
export function portcullisArguments(line: string): readonly string[] | undefined {
  const [, rest] = /^(?:npx --no-install )?portcullis (.*)$/.exec(line) ?? [];
  return rest?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', ""));
}
