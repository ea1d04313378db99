import type { Json } from "../model/json.ts";
import { isObject } from "./identity.ts";
import { toJsonText } from "./json-text.ts";
import { isList } from "./member.ts";
import { resolvePlain } from "./resolve-scalar.ts";

/** How a file writes nested values. */
export interface YamlStyle {
  /** Spaces by which a mapping is deeper than its key. */
  readonly step: number;
  /** Spaces by which the dashes of a list are deeper than its key. */
  readonly dash: number;
}

/** The style that most lines of a text have. */
export function styleOf(text: string): YamlStyle {
  const nested = /^( *)(?:- )*[\w./"'-]+:[ \t]*(?:#.*)?\r?\n( *)[\w"']/m.exec(text);
  const step = nested === null ? 2 : (nested[2] ?? "").length - (nested[1] ?? "").length;
  const list = /^( *)[\w./"'-]+:[ \t]*(?:#.*)?\r?\n( *)- /m.exec(text);
  const dash = list === null ? 2 : (list[2] ?? "").length - (list[1] ?? "").length;
  return { step: step >= 1 && step <= 8 ? step : 2, dash: dash >= 0 && dash <= 8 ? dash : 2 };
}

/** A value on one line, as it may be written within `{}` and `[]` and elsewhere. */
export function flowText(value: Json): string {
  if (isList(value)) return `[${value.map(flowText).join(", ")}]`;
  if (isObject(value)) {
    const pairs = Object.entries(value).map(([key, item]) => `${flowText(key)}: ${flowText(item)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  }
  if (typeof value === "string" && /^[A-Za-z][\w./-]*$/.test(value) && resolvePlain(value) === value) return value;
  return toJsonText(value);
}

/** A value as JSON on one line, with a space after each colon and comma. */
export function jsonText(value: Json): string {
  if (isList(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (!isObject(value)) return toJsonText(value);
  const pairs = Object.entries(value).map(([key, item]) => `${toJsonText(key)}: ${jsonText(item)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** What follows a key or a dash: ` value`, or the lines of a nested value, each with its indentation. `column` is that of the key. */
export function afterKey(value: Json, column: number, style: YamlStyle): readonly string[] {
  if (isList(value) && value.length > 0) {
    const at = column + style.dash;
    return ["", ...value.flatMap((item) => itemLines(item, at, style))];
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const at = column + style.step;
    return ["", ...Object.entries(value).flatMap(([key, item]) => entryLines(key, item, at, style))];
  }
  return [` ${flowText(value)}`];
}

/** The lines of a key and its value. */
export function entryLines(key: string, value: Json, column: number, style: YamlStyle): readonly string[] {
  const [first = "", ...rest] = afterKey(value, column, style);
  return [`${" ".repeat(column)}${flowText(key)}:${first}`, ...rest];
}

/** The lines of a list's item. */
export function itemLines(item: Json, column: number, style: YamlStyle): readonly string[] {
  if (!isObject(item) || Object.keys(item).length === 0) return [`${" ".repeat(column)}- ${flowText(item)}`];
  const lines = Object.entries(item).flatMap(([key, inner]) => entryLines(key, inner, column + 2, style));
  return lines.map((line, at) => (at === 0 ? `${" ".repeat(column)}- ${line.slice(column + 2)}` : line));
}
