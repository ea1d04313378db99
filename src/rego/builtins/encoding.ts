import { compareText } from "../value/compare-values.ts";
import { readValue } from "../value/read-value.ts";
import type { RegoValue } from "../value/rego-value.ts";
import { isArray, isNumberText, isRegoObject, isSet } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** base64 and JSON as Go reads and writes them. */
export const encodingBuiltins: BuiltinRecord = {
  "base64.decode": (_run, text) => (typeof text === "string" ? decoded(text) : undefined),
  "base64.is_valid": (_run, text) => typeof text === "string" && base64.test(withoutBreaks(text)),
  "base64url.decode": (_run, text) => {
    if (typeof text !== "string" || /[+/]/.test(text)) return undefined;
    const padding = text.endsWith("=") ? "" : { 0: "", 2: "==", 3: "=" }[Buffer.byteLength(text) % 4];
    if (padding === undefined) return undefined;
    return decoded((text + padding).replaceAll("-", "+").replaceAll("_", "/"));
  },
  "base64url.encode_no_pad": (_run, text) =>
    typeof text === "string" ? Buffer.from(text).toString("base64url") : undefined,
  "hex.encode": (_run, text) => (typeof text === "string" ? Buffer.from(text).toString("hex") : undefined),
  "hex.decode": (_run, text) =>
    typeof text === "string" && /^(?:[0-9a-fA-F]{2})*$/.test(text) ? textOf(Buffer.from(text, "hex")) : undefined,
  "json.unmarshal": (_run, text) => {
    if (typeof text !== "string" || !isJson(text)) return undefined;
    // OPA limits exponents.
    return /[eE][-+]?\d{4}/.test(text) ? askOpa() : readValue(text.trim());
  },
  "json.is_valid": (_run, text) => typeof text === "string" && isJson(text),
  "json.marshal": (_run, value) => (value === undefined ? undefined : goJson(value)),
};

function decoded(text: string): string | undefined {
  const joined = withoutBreaks(text);
  if (!base64.test(joined)) return undefined;
  return textOf(Buffer.from(joined, "base64"));
}

function textOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? askOpa() : text;
}

function withoutBreaks(text: string): string {
  return text.replaceAll(/[\r\n]/g, "");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON as Go's encoding/json writes it. */
function goJson(value: RegoValue): string {
  if (typeof value === "string") return goJsonText(value);
  if (isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (isSet(value)) return `[${Array.from(value, goJson).join(",")}]`;
  if (isRegoObject(value)) {
    const entries = Array.from(value, ([key, item]) => [typeof key === "string" ? key : askOpa(), item] as const);
    const sorted = entries.sort(([a], [b]) => compareText(a, b));
    return `{${sorted.map(([key, item]) => `${goJsonText(key)}:${goJson(item)}`).join(",")}}`;
  }
  return isNumberText(value) ? value.number : String(value);
}

function goJsonText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
