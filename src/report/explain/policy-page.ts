import type { Json } from "../../model/json.ts";
import { inert, inertLines } from "../inert-text.ts";

/** Everything that is known of a policy, to be read by its users and its author. */
export interface PolicyPage {
  readonly id: string;
  readonly title?: string;
  readonly description?: string;
  /** Level, severity, controls and links, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly parameters: readonly {
    readonly name: string;
    readonly schema?: Json;
    /** By environment; the empty one is everywhere else. */
    readonly values: readonly (readonly [environment: string, value: Json])[];
  }[];
  /** The rules' text with the place of the first line. */
  readonly rules: readonly { readonly path: string; readonly line: number; readonly lines: readonly string[] }[];
  readonly fixtures: readonly { readonly path: string; readonly lines: readonly string[] }[];
}

const MOST_LINES = 40;

/** A policy as text that ends with a line break. */
export function policyPage({ id, title, description, facts, parameters, rules, fixtures }: PolicyPage): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return `${[
    title === undefined ? inert(id) : `${inert(id)}: ${inert(title)}`,
    ...(description === undefined ? [] : ["", ...inertLines(description).map((line) => `  ${line}`)]),
    "",
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${inert(value)}`),
    ...(parameters.length === 0 ? [] : ["", "parameters"]),
    ...parameters.flatMap(({ name, schema, values }) => [
      `  ${inert(name)}  ${schema === undefined ? "not described" : inert(JSON.stringify(schema))}`,
      ...(values.length === 0 ? ["    no value is set"] : []),
      ...values.map(
        ([environment, value]) =>
          `    ${environment === "" ? "everywhere" : inert(environment)}: ${inert(JSON.stringify(value))}`,
      ),
    ]),
    ...rules.flatMap(({ path, line, lines }) => ["", `${inert(path)}:${line}`, ...numbered(lines, line)]),
    ...fixtures.flatMap(({ path, lines }) => [
      "",
      `${/\/rejected-[^/]*$/.test(path) ? "rejected" : "accepted"}: ${inert(path)}`,
      ...numbered(lines, 1),
    ]),
  ].join("\n")}\n`;
}

function numbered(lines: readonly string[], first: number): readonly string[] {
  const shown = lines.slice(0, MOST_LINES);
  const width = String(first + shown.length - 1).length;
  const more = lines.length > shown.length ? [`  … and ${lines.length - shown.length} more lines`] : [];
  return [
    ...shown.map((line, at) => `  ${String(first + at).padStart(width)} | ${inertLines(line).join(" ")}`.trimEnd()),
    ...more,
  ];
}
