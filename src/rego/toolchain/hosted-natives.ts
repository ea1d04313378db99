/** A builtin that the WebAssembly runtime of OPA has, but that for some arguments differs from the evaluator. */
export interface HostedNative {
  readonly name: string;
  /** The function of the runtime for it. */
  readonly native: string;
  readonly arity: number;
  /** Positions whose arguments, if all are integers of 32 bits, give the same result: the runtime keeps these calls. */
  readonly smallIntegers?: readonly number[];
  /** The runtime also keeps calls whose arguments are not numbers. */
  readonly keepsOthers?: boolean;
  /** The runtime keeps calls whose string at a position does not contain a byte. */
  readonly without?: { readonly byte: number; readonly at: number };
}

/**
 * All builtins that are passed to the host. The position in this list is part of compiled modules: append only, or
 * increase the format of the cache.
 */
export const hostedNatives: readonly HostedNative[] = [
  // The runtime computes in decimals, OPA in 64-bit binary floating point; they also print floats differently.
  { name: "plus", native: "opa_arith_plus", arity: 2, smallIntegers: [0, 1] },
  { name: "minus", native: "opa_arith_minus", arity: 2, smallIntegers: [0, 1], keepsOthers: true },
  { name: "mul", native: "opa_arith_multiply", arity: 2, smallIntegers: [0, 1] },
  { name: "div", native: "opa_arith_divide", arity: 2 },
  { name: "rem", native: "opa_arith_rem", arity: 2, smallIntegers: [0, 1] },
  { name: "abs", native: "opa_arith_abs", arity: 1, smallIntegers: [0] },
  { name: "round", native: "opa_arith_round", arity: 1, smallIntegers: [0] },
  { name: "ceil", native: "opa_arith_ceil", arity: 1, smallIntegers: [0] },
  { name: "floor", native: "opa_arith_floor", arity: 1, smallIntegers: [0] },
  { name: "sum", native: "opa_agg_sum", arity: 1 },
  { name: "product", native: "opa_agg_product", arity: 1 },
  // Integers written as floats (`2.0`), and those beyond 64 bits.
  { name: "bits.and", native: "opa_bits_and", arity: 2, smallIntegers: [0, 1] },
  { name: "bits.or", native: "opa_bits_or", arity: 2, smallIntegers: [0, 1] },
  { name: "bits.xor", native: "opa_bits_xor", arity: 2, smallIntegers: [0, 1] },
  { name: "bits.negate", native: "opa_bits_negate", arity: 1, smallIntegers: [0] },
  { name: "bits.lsh", native: "opa_bits_shiftleft", arity: 2 },
  { name: "bits.rsh", native: "opa_bits_shiftright", arity: 2 },
  { name: "array.slice", native: "opa_array_slice", arity: 3, smallIntegers: [1, 2] },
  { name: "substring", native: "opa_strings_substring", arity: 3, smallIntegers: [1, 2] },
  { name: "numbers.range", native: "opa_numbers_range", arity: 2, smallIntegers: [0, 1] },
  // The runtime truncates what is longer than 20 digits, such as many binary numbers.
  { name: "format_int", native: "opa_strings_format_int", arity: 2 },
  { name: "to_number", native: "opa_to_number", arity: 1 },
  // Empty search strings.
  { name: "indexof", native: "opa_strings_indexof", arity: 2 },
  { name: "replace", native: "opa_strings_replace", arity: 3 },
  { name: "strings.replace_n", native: "opa_strings_replace_n", arity: 2 },
  // The runtime accepts invalid base64 and JSON, and rejects some that is valid.
  { name: "base64.decode", native: "opa_base64_decode", arity: 1 },
  { name: "base64.is_valid", native: "opa_base64_is_valid", arity: 1 },
  { name: "base64url.decode", native: "opa_base64_url_decode", arity: 1 },
  { name: "json.unmarshal", native: "opa_json_unmarshal", arity: 1 },
  { name: "json.is_valid", native: "opa_json_is_valid", arity: 1 },
  // Go escapes U+2028 and U+2029.
  { name: "json.marshal", native: "opa_json_marshal", arity: 1 },
  // Unusual paths, on which the runtime stops; an empty list of objects; a limit that is not an integer.
  { name: "json.filter", native: "builtin_json_filter", arity: 2 },
  { name: "json.remove", native: "builtin_json_remove", arity: 2 },
  { name: "object.union_n", native: "builtin_object_union_n", arity: 1 },
  { name: "regex.find_all_string_submatch_n", native: "opa_regex_find_all_string_submatch", arity: 3 },
  // IPv4 addresses written as IPv6.
  { name: "net.cidr_contains", native: "opa_cidr_contains", arity: 2 },
  { name: "net.cidr_intersects", native: "opa_cidr_intersects", arity: 2 },
  // Regular expressions of the runtime end at U+0000.
  { name: "regex.match", native: "opa_regex_match", arity: 2, without: { byte: 0, at: 0 } },
  { name: "regex.is_valid", native: "opa_regex_is_valid", arity: 1, without: { byte: 0, at: 0 } },
  // Its globs stop at the end of a line.
  { name: "glob.match", native: "opa_glob_match", arity: 3, without: { byte: 10, at: 2 } },
];

const firstNumber = 1_000_000;

/**
 * The number with which a module notifies its host, with two addresses, that a number was looked up in an object and is
 * not one of its keys. The evaluator of OPA then uses the text of the number if the object is in `data`, and only
 * there.
 */
export const numberKeyMissed = 999_999;

/** The number with which a compiled module calls a hosted builtin on its host. */
export function hostedNumber(position: number): number {
  return firstNumber + position;
}

/** The name of the builtin with such a number. */
export function hostedName(number: number): string | undefined {
  return hostedNatives[number - firstNumber]?.name;
}
