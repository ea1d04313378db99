import type { RegoValue } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";

/** Builtins for IPv4 networks; everything that is not plainly one is passed to OPA. */
export const netBuiltins: BuiltinRecord = {
  "net.cidr_contains": (_run, outer, inner) => {
    const net = range(outer, /^(.*)\/(.*)$/s);
    const part = range(inner, /^([^/]*)(?:\/(.*))?$/s);
    return net.first <= part.first && part.last <= net.last;
  },
  "net.cidr_intersects": (_run, one, other) => {
    const a = range(one, /^(.*)\/(.*)$/s);
    const b = range(other, /^(.*)\/(.*)$/s);
    return a.first <= b.last && b.first <= a.last;
  },
};

interface Range {
  readonly first: number;
  readonly last: number;
}

const octet = "(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
const address = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}$`);

function range(value: RegoValue | undefined, form: RegExp): Range {
  const parts = typeof value === "string" ? form.exec(value) : null;
  const octets = address.exec(parts?.[1] ?? "");
  const bits = parts?.[2] ?? "32";
  if (octets === null || !/^(?:[12]?\d|3[0-2])$/.test(bits)) return askOpa();
  const size = 2 ** (32 - Number(bits));
  const at = octets.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = at - (at % size);
  return { first, last: first + size - 1 };
}
