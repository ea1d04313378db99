import { keywordOf, type AskingAction } from "./template-scopes.ts";
import type { TemplatePart } from "./template-text.ts";

/** Whether all objects of a template are Secrets, as far as its text tells. */
export function hasSecretsOnly(parts: readonly TemplatePart[]): boolean {
  const kinds = parts.flatMap((part) =>
    part.kind === "text"
      ? [...part.text.matchAll(/^[ \t]*"?kind"?:[ \t]*(.*)$/gm)].map(([, kind]) => kind?.trim())
      : [],
  );
  return kinds.length > 0 && kinds.every((kind) => kind === "Secret");
}

const structural = new Set(["include", "template", "tpl", "toYaml", "toJson", "toPrettyJson", "nindent", "indent"]);

/**
 * Of a template of Secrets, such as one that keeps a password that it finds in the cluster: whether an action that depends on
 * the cluster controls a part in which something other than a kept or drawn value is printed.
 */
export function decidesMoreThanValues(
  parts: readonly TemplatePart[],
  { action }: AskingAction,
  asking: readonly AskingAction[],
): boolean {
  if (!opens(keywordOf(action))) return false;
  const factsOf = new Map(asking.map((one) => [one.action, one.facts]));
  let depth = 1;
  for (const part of parts.slice(parts.indexOf(action) + 1)) {
    if (part.kind === "text") continue;
    const keyword = keywordOf(part);
    if (keyword === "end") depth -= 1;
    if (opens(keyword)) depth += 1;
    if (depth === 0) return false;
    const isKept = factsOf.get(part)?.has("lookup") === true || factsOf.get(part)?.has("random") === true;
    const printsStructure = part.tokens.some(
      ({ kind, text }) => kind === "word" && (structural.has(text) || text.includes(".Files")),
    );
    if (printsStructure && !isKept) return true;
  }
  return false;
}

function opens(keyword: string): boolean {
  return keyword === "if" || keyword === "with" || keyword === "range" || keyword === "block";
}
