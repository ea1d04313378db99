import { resolvePlain, type ScalarValue } from "./resolve-scalar.ts";

const YAML = "tag:yaml.org,2002:";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The value of a tagged scalar, or why Kubernetes refuses it. */
export type TaggedScalar =
  | { readonly kind: "value"; readonly value: ScalarValue }
  | { readonly kind: "merge" }
  | { readonly kind: "refused"; readonly message: string };

/** The full name of a tag as written in the text; undefined where its spelling may be read in several ways. */
function fullTag(raw: string): string | undefined {
  if (raw.includes("%")) return undefined;
  if (raw.startsWith("!<")) return raw.slice(2, -1);
  if (raw.startsWith("!!")) return YAML + raw.slice(2);
  return raw.indexOf("!", 1) === -1 ? raw : undefined;
}

/** Reads a scalar with a tag as goyaml.v2 does: known tags must fit, others are dropped and leave a string. */
export function resolveTagged(raw: string, text: string): TaggedScalar {
  const tag = fullTag(raw);
  if (tag === undefined) return refused(`The tag ${raw} cannot be read; expected a plain local tag or none.`);
  if (!tag.startsWith(YAML)) return { kind: "value", value: text };
  const name = tag.slice(YAML.length);
  switch (name) {
    case "str":
      return { kind: "value", value: text };
    case "binary":
      return decodeBinary(text);
    case "merge":
      return text === "<<" ? { kind: "merge" } : { kind: "value", value: text };
    case "timestamp":
      return /^[0-9]{4}-/.test(text) ? { kind: "value", value: text } : mismatch(text, name);
    case "null":
    case "bool":
    case "int":
    case "float":
      return resolveNamed(name, text);
    default:
      return { kind: "value", value: text };
  }
}

function resolveNamed(name: "null" | "bool" | "int" | "float", text: string): TaggedScalar {
  const value = resolvePlain(text);
  const float = typeof value === "number" && (!Number.isInteger(value) || /[.eE]/.test(text) || Object.is(value, -0));
  const fits = {
    null: value === null,
    bool: typeof value === "boolean",
    int: typeof value === "bigint" || (typeof value === "number" && !float && isGoInteger(text)),
    float: typeof value === "number",
  };
  return fits[name] ? { kind: "value", value } : mismatch(text, name);
}

function isGoInteger(text: string): boolean {
  // `08` has no octal reading and becomes a float.
  return !/^[-+]?0[0-9_]*[89]/.test(text) && !/^[-+]?[0-9_]{20,}$/.test(text);
}

function decodeBinary(text: string): TaggedScalar {
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (!BASE64.test(compact)) return refused("The value of a !!binary tag is not base64.");
  const bytes = Uint8Array.from(atob(compact), (character) => character.charCodeAt(0));
  try {
    return { kind: "value", value: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return refused("The value of a !!binary tag is not UTF-8 text; Kubernetes would garble it.");
  }
}

function mismatch(text: string, name: string): TaggedScalar {
  return refused(`The value \`${text.slice(0, 40)}\` is not a !!${name}, although its tag says so.`);
}

function refused(message: string): TaggedScalar {
  return { kind: "refused", message };
}
