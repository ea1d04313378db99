import type { Finding, Reach } from "../../model/finding.ts";
import { fingerprintOfCause, inEnvironment, nthOf } from "../fingerprint.ts";
import { apart, type Cause } from "./apart.ts";
import type { PlacedFinding } from "./place-findings.ts";
import type { WrittenAt } from "./written-at.ts";

/**
 * Puts together what one line causes, so that a line that reaches eleven overlays is one finding, whatever they call the
 * object. A plain file that belongs to no environment has findings of its own, unless the line also reaches objects through
 * a source. `written` tells the text at the lines of findings: of the tree before for those that are fixed.
 */
export function groupFindings(
  placed: readonly PlacedFinding[],
  written: { readonly before: WrittenAt; readonly after: WrittenAt },
): readonly Finding[] {
  const groups = new Map<string, PlacedFinding[]>();
  const alone: Finding[] = [];
  for (const one of placed) {
    const key = causeOf(one);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [one]);
    else known.push(one);
  }
  const rows: Row[] = [];
  for (const group of groups.values()) {
    if (group.every(isAlone)) alone.push(...group.map(({ finding }) => finding));
    else rows.push(...apart(group).map((cause, at) => rowOf(cause, at, written)));
  }
  return [...alone, ...numbered(rows)];
}

/** Whether nothing but a plain file yields it. */
function isAlone({ finding: { environment, source } }: PlacedFinding): boolean {
  return environment === undefined && source === undefined;
}

function causeOf({ finding, place }: PlacedFinding): string {
  const { policy, rule, level, status, changed, restored, location, related, pointer } = finding;
  return JSON.stringify([policy, rule, level, status, changed, restored, location, related, pointer, place]);
}

/** A finding, and what tells its cause from others with the same fingerprint. */
interface Row {
  readonly finding: Finding;
  readonly order: string;
}

function rowOf(
  { members, byName: isByName }: Cause,
  at: number,
  written: { readonly before: WrittenAt; readonly after: WrittenAt },
): Row {
  const named = new Set(members.filter((one) => !isAlone(one)).map(nameOf));
  // What is judged as written too adds nothing to the same object as it is applied.
  const applied = members.filter((one) => !isAlone(one) || !named.has(nameOf(one))).toSorted(byName);
  const [first] = applied;
  if (first === undefined) throw new Error("a group without a finding");
  const findings = applied.map(({ finding }) => finding);
  const { environment: _environment, source: _source, container, ...rest } = first.finding;
  const environments = distinct(findings.map(({ environment }) => environment));
  const sources = distinct(findings.map(({ source }) => source));
  const [environment, source] = [environments[0], sources[0]];
  const everywhere = findings.every((finding) => finding.environment !== undefined);
  const { line, column = 0 } = first.place;
  return {
    finding: {
      ...rest,
      ...(container !== undefined && findings.every((finding) => finding.container === container) ? { container } : {}),
      ...(findings.length < 2 ? {} : { reaches: findings.map((finding) => reachOf(finding, rest.message)) }),
      ...(environment !== undefined && environments.length === 1 && everywhere ? { environment } : {}),
      ...(environments.length > 0 ? { environments } : {}),
      ...(source !== undefined && sources.length === 1 ? { source } : {}),
      ...(sources.length > 0 ? { sources } : {}),
      fingerprint: fingerprint(first, { isRendered: sources.length > 0, isByName }, written),
    },
    order: JSON.stringify([padded(line), padded(column), rest.pointer, padded(at)]),
  };
}

function reachOf({ manifest, environment, source, message, fingerprint: own }: Finding, shown: string): Reach {
  return {
    manifest,
    ...(environment === undefined ? {} : { environment }),
    ...(source === undefined ? {} : { source }),
    ...(message === shown ? {} : { message }),
    fingerprint: environment === undefined ? own : inEnvironment(own, environment),
  };
}

/** By what the line says where a source makes objects of it, else by the object's own name. Another line of the change is another cause. */
function fingerprint(
  { finding, place, draft }: PlacedFinding,
  { isRendered, isByName }: { readonly isRendered: boolean; readonly isByName: boolean },
  { before, after }: { readonly before: WrittenAt; readonly after: WrittenAt },
): string {
  const { path, line, fetched } = place;
  const at = finding.location.path === path ? [] : [finding.location.path];
  if (!isRendered) return fingerprintOfCause(finding, [path, draft.named(), ...at]);
  const text = (finding.status === "fixed" ? before : after)(path, line);
  const { kind, name } = finding.manifest;
  const known = fetched === undefined ? text : [fetched.path];
  return fingerprintOfCause(finding, [path, ...known, ...(isByName ? [kind, name] : []), ...at]);
}

/** Causes that only their order tells apart get a fingerprint each; of one cause in several rows (by status or level) they are the same. */
function numbered(rows: readonly Row[]): readonly Finding[] {
  // Lines of the tree before are other ones.
  const keyOf = ({ fingerprint: of, status }: Finding): string => `${status === "fixed"} ${of}`;
  const orders = new Map<string, Set<string>>();
  for (const { finding, order } of rows)
    orders.set(keyOf(finding), (orders.get(keyOf(finding)) ?? new Set()).add(order));
  const sorted = new Map([...orders].map(([of, all]) => [of, [...all].toSorted()]));
  return rows.map(({ finding, order }) => {
    const nth = (sorted.get(keyOf(finding))?.indexOf(order) ?? 0) + 1;
    return { ...finding, fingerprint: nthOf(finding.fingerprint, nth) };
  });
}

function padded(value: number): string {
  return String(value).padStart(9, "0");
}

function nameOf({ finding: { manifest } }: PlacedFinding): string {
  const { kind, namespace = "", name } = manifest;
  return JSON.stringify([name, namespace, kind]);
}

function byName(one: PlacedFinding, other: PlacedFinding): number {
  const [a, b] = [orderOf(one), orderOf(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function orderOf(placed: PlacedFinding): string {
  const { environment = "", source = "", message } = placed.finding;
  return JSON.stringify([nameOf(placed), environment, source, message]);
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
