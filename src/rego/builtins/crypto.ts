import { createHash, createHmac } from "node:crypto";
import type { Builtin, BuiltinRecord } from "./builtin.ts";

/** Digests of strings, in hexadecimal. */
export const cryptoBuiltins: BuiltinRecord = {
  "crypto.md5": digest("md5"),
  "crypto.sha1": digest("sha1"),
  "crypto.sha256": digest("sha256"),
  "crypto.hmac.md5": keyed("md5"),
  "crypto.hmac.sha1": keyed("sha1"),
  "crypto.hmac.sha256": keyed("sha256"),
  "crypto.hmac.sha512": keyed("sha512"),
  "crypto.hmac.equal": (_run, a, b) => (typeof a === "string" && typeof b === "string" ? a === b : undefined),
};

function digest(algorithm: string): Builtin {
  return (_run, text) => (typeof text === "string" ? createHash(algorithm).update(text).digest("hex") : undefined);
}

function keyed(algorithm: string): Builtin {
  return (_run, text, key) => {
    if (typeof text !== "string" || typeof key !== "string") return undefined;
    return createHmac(algorithm, key).update(text).digest("hex");
  };
}
