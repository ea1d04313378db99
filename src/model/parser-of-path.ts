import { parserNames, type ParserName } from "./document-parser.ts";

const byExtension: ReadonlyMap<string, ParserName> = new Map<string, ParserName>([
  ...parserNames.map((name) => [name, name] as const),
  ["yml", "yaml"],
  ["hcl", "hcl2"],
  ["tf", "hcl2"],
  ["tfvars", "hcl2"],
  ["gitignore", "ignore"],
  ["dockerignore", "ignore"],
  ["env", "dotenv"],
  ["textpb", "textproto"],
]);

const byName: readonly (readonly [RegExp, ParserName])[] = [
  [/^dockerfile(?:\.|$)/, "dockerfile"],
  [/^\.env(?:\.|$)/, "dotenv"],
  [/^nginx\.conf$/, "nginx"],
  [/^jenkinsfile(?:\.|$)/, "groovy"],
  [/^codeowners$/, "codeowners"],
];

/** The parser that conftest takes for a file by its name; undefined where it takes none. */
export function parserOfPath(path: string): ParserName | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const special = byName.find(([pattern]) => pattern.test(name));
  if (special !== undefined) return special[1];
  const dot = name.lastIndexOf(".");
  return dot === -1 ? undefined : byExtension.get(name.slice(dot + 1));
}
