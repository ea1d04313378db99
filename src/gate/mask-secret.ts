import { isObject } from "../manifest/identity.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Violation } from "../model/violation.ts";

/** Shorter values would blot out ordinary words. */
const shortest = 4;

/** Makes the function that hides a Secret's values wherever a policy repeats them: reports are read by more people than Secrets are. */
export function secretMask({ identity, value }: Manifest): ((violation: Violation) => Violation) | undefined {
  if (identity.kind !== "Secret" || identity.group !== "") return undefined;
  const texts = [...valuesOf(value["data"]), ...valuesOf(value["stringData"])].toSorted((a, b) => b.length - a.length);
  if (texts.length === 0) return undefined;
  const mask = (text: string): string => texts.reduce((masked, secret) => masked.replaceAll(secret, "***"), text);
  return (violation) => ({
    ...violation,
    message: mask(violation.message),
    ...(violation.metadata === undefined ? {} : { metadata: maskObject(violation.metadata, mask) }),
  });
}

function valuesOf(group: Json | undefined): readonly string[] {
  if (!isObject(group)) return [];
  return Object.values(group).flatMap((value) => {
    if (typeof value !== "string" || value.length < shortest) return [];
    const plain = decoded(value);
    return plain === undefined || plain.length < shortest ? [value] : [value, plain];
  });
}

function decoded(base64: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
    );
  } catch {
    return undefined;
  }
}

function maskObject(
  object: { readonly [key: string]: Json },
  mask: (text: string) => string,
): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, maskJson(value, mask)]));
}

function maskJson(value: Json, mask: (text: string) => string): Json {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((item: Json) => maskJson(item, mask));
  return isObject(value) ? maskObject(value, mask) : value;
}
