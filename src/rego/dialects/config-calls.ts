import { tokensOf } from "../reading/tokens.ts";

/** The functions of conftest that read configuration files. */
export const configFunctions = ["parse_config", "parse_config_file", "parse_combined_config_files"] as const;

/** The name of one of them. */
export type ConfigFunction = (typeof configFunctions)[number];

/** One call; `values`: its arguments, where all of them are texts, or a list of texts, that are written there. */
export interface ConfigCall {
  readonly name: ConfigFunction;
  readonly line: number;
  readonly values?: readonly string[];
}

/** Finds the calls of these functions in a module, which none of its own rules or imports stands for. */
export function configCalls(text: string): readonly ConfigCall[] {
  if (!text.includes("parse_co")) return [];
  const tokens = tokensOf(text);
  const at = (index: number): string | undefined => {
    const token = tokens[index];
    return token === undefined || token.kind === "string" ? undefined : token.text;
  };
  return tokens.flatMap(({ kind, text: word, line, tight }, index): readonly ConfigCall[] => {
    const name = configFunctions.find((known) => known === word);
    const isMember = tight && at(index - 1) === ".";
    if (kind !== "word" || name === undefined || isMember || at(index + 1) !== "(") return [];
    const values: string[] = [];
    let next = index + 2;
    for (; at(next) !== ")" && next < tokens.length; next += 1) {
      const token = tokens[next];
      if (token?.kind === "string") values.push(token.text);
      else if (!isListMark(at(next))) return [{ name, line }];
    }
    return [{ name, line, values }];
  });
}

function isListMark(text: string | undefined): boolean {
  return text === "," || text === "[" || text === "]";
}
