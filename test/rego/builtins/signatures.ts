import type { ArgumentType } from "./arguments.ts";

/** A builtin and the types of its arguments. */
export interface Signature {
  readonly name: string;
  readonly args: readonly ArgumentType[];
}

/**
 * The builtins that policies may call and that give equal answers for equal arguments, with what they take: s text,
 * n number, b boolean, 0 null, * anything, [x] array, (x,y) array of just these, <x> set, {x} object, x|y either.
 */
const table = [
  "abs n",
  "all [*]|<*>",
  "and <*> <*>",
  "any [*]|<*>",
  "array.concat [*] [*]",
  "array.flatten [*]",
  "array.reverse [*]",
  "array.slice [*] n n",
  "base64.decode s",
  "base64.encode s",
  "base64.is_valid s",
  "base64url.decode s",
  "base64url.encode s",
  "base64url.encode_no_pad s",
  "bits.and n n",
  "bits.negate n",
  "bits.or n n",
  "bits.rsh n n",
  "bits.xor n n",
  "cast_array *",
  "cast_boolean *",
  "cast_null *",
  "cast_object *",
  "cast_set *",
  "cast_string *",
  "ceil n",
  "concat s [s]|<s>",
  "contains s s",
  "count s|[*]|{*}|<*>",
  "crypto.hmac.equal s s",
  "crypto.hmac.md5 s s",
  "crypto.hmac.sha1 s s",
  "crypto.hmac.sha256 s s",
  "crypto.hmac.sha512 s s",
  "crypto.md5 s",
  "crypto.sha1 s",
  "crypto.sha256 s",
  "div n n",
  "endswith s s",
  "floor n",
  "format_int n n",
  "glob.match s 0|[s] s",
  "glob.quote_meta s",
  "graph.reachable {[*]|<*>} [*]|<*>",
  "graph.reachable_paths {[*]|<*>} [*]|<*>",
  "graphql.is_valid s|{*} s|{*}",
  "graphql.parse s|{*} s|{*}",
  "graphql.parse_and_verify s|{*} s|{*}",
  "graphql.parse_query s",
  "graphql.parse_schema s",
  "graphql.schema_is_valid s|{*}",
  "gt * *",
  "gte * *",
  "hex.decode s",
  "hex.encode s",
  "indexof s s",
  "indexof_n s s",
  "intersection <<*>>",
  "io.jwt.decode s",
  "io.jwt.decode_verify s {*}",
  "io.jwt.encode_sign_raw s s s",
  "io.jwt.verify_eddsa s s",
  "io.jwt.verify_es256 s s",
  "io.jwt.verify_es384 s s",
  "io.jwt.verify_es512 s s",
  "io.jwt.verify_hs256 s s",
  "io.jwt.verify_hs384 s s",
  "io.jwt.verify_hs512 s s",
  "io.jwt.verify_ps256 s s",
  "io.jwt.verify_ps384 s s",
  "io.jwt.verify_ps512 s s",
  "io.jwt.verify_rs256 s s",
  "io.jwt.verify_rs384 s s",
  "io.jwt.verify_rs512 s s",
  "is_array *",
  "is_boolean *",
  "is_null *",
  "is_number *",
  "is_object *",
  "is_set *",
  "is_string *",
  "json.filter {*} [s|[*]]|<s|[*]>",
  "json.is_valid s",
  "json.marshal *",
  "json.marshal_with_options * {*}",
  "json.match_schema s|{*} s|{*}",
  "json.patch * [{*}]",
  "json.remove {*} [s|[*]]|<s|[*]>",
  "json.unmarshal s",
  "json.verify_schema s|{*}",
  "lower s",
  "lt * *",
  "lte * *",
  "max [*]|<*>",
  "min [*]|<*>",
  "minus n|<*> n|<*>",
  "mul n n",
  "neq * *",
  "net.cidr_contains s s",
  "net.cidr_contains_matches s|[s|[*]]|{s|[*]}|<s|[*]> s|[s|[*]]|{s|[*]}|<s|[*]>",
  "net.cidr_intersects s s",
  "net.cidr_is_valid s",
  "net.cidr_merge [s]|<s>",
  "net.cidr_overlap s s",
  "object.filter {*} [*]|{*}|<*>",
  "object.get {*} * *",
  "object.keys {*}",
  "object.remove {*} [*]|{*}|<*>",
  "object.subset [*]|{*}|<*> [*]|{*}|<*>",
  "object.union {*} {*}",
  "object.union_n [{*}]",
  "or <*> <*>",
  "plus n n",
  "product [n]|<n>",
  "re_match s s",
  "regex.find_all_string_submatch_n s s n",
  "regex.find_n s s n",
  "regex.globs_match s s",
  "regex.is_valid s",
  "regex.match s s",
  "regex.replace s s s",
  "regex.split s s",
  "regex.template_match s s s s",
  "rem n n",
  "replace s s s",
  "round n",
  "semver.compare s s",
  "semver.is_valid *",
  "set_diff <*> <*>",
  "sort [*]|<*>",
  "split s s",
  "sprintf s [*]",
  "startswith s s",
  "strings.any_prefix_match s|[s]|<s> s|[s]|<s>",
  "strings.any_suffix_match s|[s]|<s> s|[s]|<s>",
  "strings.count s s",
  "strings.replace_n {s} s",
  "strings.reverse s",
  "strings.split_n s s n",
  "substring s n n",
  "sum [n]|<n>",
  "time.add_date n n n n",
  "time.clock n|(n,s)",
  "time.date n|(n,s)",
  "time.diff n|(n,s) n|(n,s)",
  "time.format n|(n,s)|(n,s,s)",
  "time.parse_duration_ns s",
  "time.parse_ns s s",
  "time.parse_rfc3339_ns s",
  "time.weekday n|(n,s)",
  "to_number 0|b|n|s",
  "trim s s",
  "trim_left s s",
  "trim_prefix s s",
  "trim_right s s",
  "trim_space s",
  "trim_suffix s s",
  "type_name *",
  "union <<*>>",
  "units.parse s",
  "units.parse_bytes s",
  "upper s",
  "uri.is_valid s",
  "uri.parse s",
  "urlquery.decode s",
  "urlquery.decode_object s",
  "urlquery.encode s",
  "urlquery.encode_object {s|[s]|<s>}",
  "uuid.parse s",
  "yaml.is_valid s",
  "yaml.marshal *",
];

const letters: { readonly [letter: string]: string } = {
  s: "string",
  n: "number",
  b: "boolean",
  "0": "null",
  "*": "any",
};

export const signatures: readonly Signature[] = table.map((line) => {
  const [name = "", ...args] = line.split(" ");
  return { name, args: args.map(readType) };
});

function readType(text: string): ArgumentType {
  const choices = splitOutside(text, "|");
  if (choices.length > 1) return { type: "any", of: choices.map(readType) };
  const inner = text.slice(1, -1);
  switch (text.slice(0, 1)) {
    case "[":
      return { type: "array", dynamic: readType(inner) };
    case "(":
      return { type: "array", static: splitOutside(inner, ",").map(readType) };
    case "<":
      return { type: "set", of: readType(inner) };
    case "{":
      return { type: "object", dynamic: { key: { type: "string" }, value: readType(inner) } };
    default:
      return { type: letters[text] ?? "any" };
  }
}

/** Cuts at a mark that stands in no brackets. */
function splitOutside(text: string, mark: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if ("[(<{".includes(character)) depth++;
    if ("])>}".includes(character)) depth--;
    if (depth === 0 && character === mark) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
