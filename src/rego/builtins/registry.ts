import type { BuiltinRecord } from "./builtin.ts";

type Family = () => Promise<BuiltinRecord>;

const run: Family = async () => (await import("./run.ts")).runBuiltins;
const arithmetic: Family = async () => (await import("./arithmetic.ts")).arithmeticBuiltins;
const text: Family = async () => (await import("./text.ts")).textBuiltins;
const encoding: Family = async () => (await import("./encoding.ts")).encodingBuiltins;
const object: Family = async () => (await import("./object.ts")).objectBuiltins;
const net: Family = async () => (await import("./net.ts")).netBuiltins;
const regex: Family = async () => (await import("./regex.ts")).regexBuiltins;
const units: Family = async () => (await import("./units.ts")).unitBuiltins;
const semver: Family = async () => (await import("./semver.ts")).semverBuiltins;
const crypto: Family = async () => (await import("./crypto.ts")).cryptoBuiltins;
const time: Family = async () => (await import("./time.ts")).timeBuiltins;
const leftToOpa: Family = async () => (await import("./left-to-opa.ts")).leftToOpa;

/**
 * The module of each builtin that this process implements. A family is loaded only for a policy set that calls one of
 * its members. OPA answers all other builtins in a process of its own.
 */
export const families: { readonly [name: string]: Family } = {
  "time.now_ns": run,
  "rand.intn": run,
  "uuid.rfc4122": run,
  trace: run,
  "internal.print": async () => (await import("./print.ts")).printBuiltins,

  sprintf: async () => (await import("./sprintf.ts")).sprintfBuiltins,
  format_int: text,
  indexof: text,
  replace: text,
  "strings.replace_n": text,
  to_number: text,
  "strings.any_prefix_match": text,
  "strings.any_suffix_match": text,
  "strings.count": text,

  plus: arithmetic,
  minus: arithmetic,
  mul: arithmetic,
  div: arithmetic,
  rem: arithmetic,
  abs: arithmetic,
  round: arithmetic,
  ceil: arithmetic,
  floor: arithmetic,
  sum: arithmetic,
  product: arithmetic,

  "base64.decode": encoding,
  "base64.is_valid": encoding,
  "base64url.decode": encoding,
  "json.unmarshal": encoding,
  "json.is_valid": encoding,
  "json.marshal": encoding,

  "base64url.encode_no_pad": encoding,
  "hex.encode": encoding,
  "hex.decode": encoding,

  "object.union_n": object,

  "net.cidr_contains": net,
  "net.cidr_intersects": net,

  "regex.find_all_string_submatch_n": regex,
  "regex.find_n": regex,
  "regex.replace": regex,
  "regex.split": regex,

  "time.parse_rfc3339_ns": time,
  "time.date": time,
  "time.clock": time,
  "time.weekday": time,
  "time.parse_duration_ns": time,

  "units.parse": units,
  "units.parse_bytes": units,

  "semver.compare": semver,
  "semver.is_valid": semver,

  "crypto.md5": crypto,
  "crypto.sha1": crypto,
  "crypto.sha256": crypto,
  "crypto.hmac.md5": crypto,
  "crypto.hmac.sha1": crypto,
  "crypto.hmac.sha256": crypto,
  "crypto.hmac.sha512": crypto,
  "crypto.hmac.equal": crypto,

  "bits.and": leftToOpa,
  "bits.or": leftToOpa,
  "bits.xor": leftToOpa,
  "bits.negate": leftToOpa,
  "bits.lsh": leftToOpa,
  "bits.rsh": leftToOpa,
  "array.slice": leftToOpa,
  substring: leftToOpa,
  "numbers.range": leftToOpa,
  "json.filter": leftToOpa,
  "json.remove": leftToOpa,
  "regex.match": leftToOpa,
  "regex.is_valid": leftToOpa,
  "glob.match": leftToOpa,
};
