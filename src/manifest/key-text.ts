import type { Json } from "../model/json.ts";

const INT64_LIMIT = 1n << 63n;

/**
 * The string that sigs.k8s.io/yaml makes of a key that is none. Undefined where Kubernetes refuses the key, or where it
 * rounds a number to 32 bits beyond recognition.
 */
export function keyText(value: Json, source: string): string | undefined {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return value < INT64_LIMIT ? String(value) : undefined;
  if (typeof value !== "number") return undefined;
  if (Number.isInteger(value) && Number.isSafeInteger(value) && /^[-+]?[0-9a-fA-FxXoO_]+$/.test(source)) {
    return looksFloat(source) ? undefined : String(value);
  }
  const plain = /^-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$/.test(source);
  const short = source.replaceAll(/[-.]/g, "").length <= 6;
  return plain && short && Math.abs(value) >= 1e-4 ? String(value) : undefined;
}

function looksFloat(source: string): boolean {
  return !/^[-+]?0[xX]/.test(source) && (/[eE]/.test(source) || /^[-+]?0[0-9_]*[89]/.test(source));
}
