/**
 * What a waiver covers, told a second time and slowly, by trying everything: it shares no code with the product. A finding
 * is given as the values of each key.
 */
export interface Subject {
  readonly policy: string;
  readonly values: { readonly [key: string]: readonly string[] };
}

/** Whether an item of a file with waivers covers a finding on a day; undefined where its patterns are beyond this matcher. */
export function covers(item: unknown, { policy, values }: Subject, today: string): boolean | undefined {
  if (typeof item !== "object" || item === null) return false;
  const { policy: wanted, match, expires, reason } = item as { readonly [key: string]: unknown };
  if (typeof wanted !== "string" || typeof expires !== "string" || typeof reason !== "string") return false;
  if (typeof match !== "object" || match === null || Object.keys(match).length === 0) return false;
  if (!(expires > today)) return false;
  const matched = [
    fits("policy", wanted, policy),
    ...Object.entries(match as { readonly [key: string]: unknown }).map(([key, patterns]) =>
      anyOf([patterns].flat().flatMap((pattern) => (values[key] ?? []).map((value) => fits(key, pattern, value)))),
    ),
  ];
  return matched.includes(false) ? false : matched.includes(undefined) ? undefined : true;
}

function anyOf(matched: readonly (boolean | undefined)[]): boolean | undefined {
  return matched.includes(true) ? true : matched.includes(undefined) ? undefined : false;
}

function fits(key: string, pattern: unknown, value: string): boolean | undefined {
  if (typeof pattern !== "string") return false;
  if (pattern === value) return true;
  if (!["policy", "path", "pointer"].includes(key)) return matchText(pattern, value);
  if (/[^\w./*{},? -]/.test(pattern)) return undefined;
  const [wanted, found] = [pattern, value].map((one) => one.replace(/^\//, "")) as [string, string];
  const forms = spreadBraces(wanted);
  return forms === undefined ? undefined : anyOf(forms.map((form) => matchPath(form, found)));
}

/** `*` stands for any characters. */
function matchText(pattern: string, value: string): boolean {
  if (pattern === "") return value === "";
  if (pattern.startsWith("*"))
    return Array.from({ length: value.length + 1 }, (_, at) => at).some((at) =>
      matchText(pattern.slice(1), value.slice(at)),
    );
  return value !== "" && pattern[0] === value[0] && matchText(pattern.slice(1), value.slice(1));
}

/** `*` and `?` stay within a name, and `**` as a whole name is any number of names. */
function matchPath(pattern: string, value: string): boolean | undefined {
  if (/[^/]\*\*|\*\*[^/]|\*\*\*|^\.\/|\/\/|\/$|(?:^|\/)\.|\?/.test(pattern)) return undefined;
  return matchNames(pattern.split("/"), value.split("/"));
}

function matchNames(patterns: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = patterns;
  if (first === undefined) return names.length === 0;
  if (first === "**")
    return Array.from({ length: names.length + 1 }, (_, at) => at).some((at) => matchNames(rest, names.slice(at)));
  const [name, ...more] = names;
  return name !== undefined && matchText(first, name) && matchNames(rest, more);
}

/** The patterns that one with `{a,b}` stands for; undefined where braces are within braces, or are none. */
function spreadBraces(pattern: string): readonly string[] | undefined {
  const found = /^([^{}]*)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
  if (found === null) return /[{},]/.test(pattern) ? undefined : [pattern];
  const [, before = "", list = "", after = ""] = found;
  const spread = list.split(",").map((one) => spreadBraces(`${before}${one}${after}`));
  return spread.every((one) => one !== undefined) ? spread.flat() : undefined;
}
