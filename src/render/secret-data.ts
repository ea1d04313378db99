import type { JsonObject } from "../model/json.ts";
import { textMapAt } from "./flux/fields.ts";

/** The decoded data of a Secret; undefined for a value that is not base64, such as one that a tool encrypted. */
export function secretData(secret: JsonObject): { readonly [key: string]: string | undefined } {
  const decoded = Object.entries(textMapAt(secret, "data")).map(([key, value]) => [key, decodeBase64(value)]);
  return { ...Object.fromEntries(decoded), ...textMapAt(secret, "stringData") };
}

function decodeBase64(value: string): string | undefined {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
