import type { ExplainedBody, ExplainedRule, Explanation, SeenValue } from "../../model/explanation.ts";
import type { Json } from "../../model/json.ts";
import { inert } from "../inert-text.ts";

const LONGEST = 120;
const OUTCOMES = { held: "holds", failed: "FAILS", "not-reached": "not reached" } as const;

/** Why a rule has a finding for a manifest, or why it has none, as text that ends with a line break. */
export function explanation({ policy, rule, subject, message, fix, docs }: Explanation): string {
  const fires = rule.bodies.some(({ holds }) => holds);
  const bodies = message === undefined ? rule.bodies : rule.bodies.filter(({ holds }) => holds);
  const heading =
    message === undefined
      ? `${inert(policy)} ${fires ? "has a finding" : "has no finding"} for ${inert(subject)}`
      : `${inert(policy)}: ${inert(message)}\n  ${inert(subject)}`;
  return `${[
    heading,
    ...bodies.flatMap((body) => ["", ...bodyLines(rule, body, "")]),
    ...section("how to fix", fix === undefined ? [] : [fix, ...(docs === undefined ? [] : [`see ${docs}`])]),
    ...section(
      "how to let it through",
      message === undefined
        ? []
        : [`in portcullis.yaml, which the owners of the rules review: levels: { ${policy}: warn }`],
    ),
  ].join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${inert(line)}`)];
}

/** A body of a rule: what of it held, with the values that it saw. */
export function bodyLines({ name }: ExplainedRule, body: ExplainedBody, margin: string): readonly string[] {
  const { path, line, holds, conditions, cases, total, trouble, helpers } = body;
  const stop = conditions.find(({ outcome }) => outcome === "failed");
  const short = name.split(".").at(-1) ?? name;
  const why = holds
    ? "every condition holds"
    : stop === undefined
      ? inert(trouble ?? "no way leads to this result")
      : `stops at line ${stop.line}`;
  const width = Math.max(...conditions.map((one) => String(one.line).length), 1);
  const shown = cases.slice(0, holds ? 1 : cases.length);
  return [
    `${margin}${short} (${inert(path)}:${line}): ${why}`,
    ...conditions.flatMap(({ line: at, text, outcome }, index): readonly string[] => {
      if (text === "" && outcome !== "failed") return [];
      const shownText = text === "" ? "the message" : inert(text);
      return [
        `${margin}  ${String(at).padStart(width)}  ${OUTCOMES[outcome].padEnd(11)}  ${shownText}`,
        ...once(
          shown.flatMap(({ values }) => values.filter(({ condition }) => condition === index).flatMap(valueLines)),
        ).map((value) => `${margin}  ${" ".repeat(width)}               ${value}`),
      ];
    }),
    ...(holds || total <= shown.length
      ? []
      : [`${margin}  and in ${total - shown.length} more ways that are not shown`]),
    ...(helpers ?? []).flatMap((helper) =>
      helper.bodies.flatMap((one) => ["", ...bodyLines(helper, one, `${margin}  `)]),
    ),
  ];
}

function once(lines: readonly string[]): readonly string[] {
  return [...new Set(lines)];
}

function valueLines({ text, values, near, at }: SeenValue): readonly string[] {
  const place = at === undefined ? "" : `   ${inert(at)}`;
  const [first, ...others] = values;
  if (first === undefined) {
    const above = near === undefined ? "" : `; ${valueLines(near).join("; ")}`;
    return [`${inert(text)} is undefined${above}`];
  }
  const more = others.length === 0 ? "" : `, ${others.map(shortJson).join(", ")}`;
  // A literal is its own value.
  if (shortJson(first) === text) return [];
  return [`${inert(text)} = ${shortJson(first)}${more}${place}`];
}

function shortJson(value: Json): string {
  const text = inert(JSON.stringify(value));
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
