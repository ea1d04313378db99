import { compareText } from "../value/compare-values.ts";
import { numberFromText } from "../value/read-value.ts";
import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isRegoObject, isSet } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";
import { isNumber } from "./number.ts";

/** Builtins for strings. Positions count characters, not UTF-16 code units. */
export const textBuiltins: BuiltinRecord = {
  format_int: (_run, number, base) => {
    if (typeof number !== "number" || !Number.isSafeInteger(number)) return isNumber(number) ? askOpa() : undefined;
    if (base !== 2 && base !== 8 && base !== 10 && base !== 16) return isNumber(base) ? askOpa() : undefined;
    return number.toString(base);
  },
  indexof: (_run, text, search) => {
    if (typeof text !== "string" || typeof search !== "string" || search === "") return undefined;
    const at = text.indexOf(search);
    return at <= 0 ? at : Array.from(text.slice(0, at)).length;
  },
  replace: (_run, text, old, fresh) => {
    if (typeof text !== "string" || typeof old !== "string" || typeof fresh !== "string") return undefined;
    return old === "" ? askOpa() : text.replaceAll(old, () => fresh);
  },
  "strings.replace_n": (_run, patterns, text) => {
    if (patterns === undefined || patterns === null || typeof patterns !== "object" || !isRegoObject(patterns))
      return undefined;
    if (typeof text !== "string") return undefined;
    const pairs = new Map<string, string>();
    for (const [old, fresh] of patterns) {
      if (typeof old !== "string" || typeof fresh !== "string") return undefined;
      if (old === "") return askOpa();
      pairs.set(old, fresh);
    }
    return pairs.size === 0 ? text : replaceAny(text, pairs);
  },
  "strings.any_prefix_match": (_run, texts, starts) => any(texts, starts, (text, start) => text.startsWith(start)),
  "strings.any_suffix_match": (_run, texts, ends) => any(texts, ends, (text, end) => text.endsWith(end)),
  "strings.count": (_run, text, part) => {
    if (typeof text !== "string" || typeof part !== "string") return undefined;
    return part === "" ? Array.from(text).length + 1 : text.split(part).length - 1;
  },
  to_number: (_run, value) => {
    if (value === null) return 0;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (isNumber(value)) return value;
    if (typeof value !== "string") return undefined;
    if (/^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/.test(value)) return numberFromText(value);
    // No parser accepts these: not a number at all, or a number with a unit.
    if (!/^[-+.0-9]/.test(value) || /^\d+(?:\.\d+)?[A-DF-OQ-WYZa-df-oq-wyz]/.test(value)) return undefined;
    return askOpa();
  },
};

/** At each position, replaces the first of the given strings, in their order, that occurs there. */
function replaceAny(text: string, pairs: ReadonlyMap<string, string>): string {
  const olds = [...pairs.keys()].toSorted(compareText);
  const pattern = new RegExp(olds.map((old) => old.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
  return text.replaceAll(pattern, (old) => pairs.get(old) ?? old);
}

function any(
  texts: RegoValue | undefined,
  parts: RegoValue | undefined,
  holds: (text: string, part: string) => boolean,
): boolean | undefined {
  const left = textsOf(texts);
  const right = textsOf(parts);
  if (left === undefined || right === undefined) return undefined;
  return left.some((text) => right.some((part) => holds(text, part)));
}

/** One string, or an array or set of strings. */
function textsOf(value: RegoValue | undefined): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  if (value === undefined || !(isArray(value) || isSet(value))) return undefined;
  const texts = Array.from(value);
  return texts.every((text) => typeof text === "string") ? texts : undefined;
}
