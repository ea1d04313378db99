import type { Impact, ImpactEntry, ImpactKind } from "../../model/impact.ts";

/** The kinds of change, with how people read them. */
export const impactKinds: readonly { readonly kind: ImpactKind; readonly said: string; readonly column: string }[] = [
  { kind: "blocked", said: "newly denied", column: "newly denied" },
  { kind: "allowed", said: "no longer denied", column: "no longer denied" },
  { kind: "shown", said: "newly warned about or shown", column: "newly warned" },
  { kind: "cleared", said: "no longer warned about or shown", column: "no longer warned" },
];

/** One line of a table: how many results of each kind something has. */
export interface RolledUp {
  readonly name: string;
  readonly counts: { readonly [kind in ImpactKind]: number };
}

/** The tables of an impact. What has no environment, or no owner, is a line of its own where any other has one. */
export function rollUps(impact: Impact): readonly { readonly by: string; readonly rows: readonly RolledUp[] }[] {
  const { entries } = impact;
  const tables = [
    { by: "policy", rows: rowsOf(entries, ({ policy }) => [policy]) },
    { by: "environment", rows: rowsOf(entries, ({ environment }) => [environment ?? NONE]) },
    { by: "owner", rows: rowsOf(entries, ({ owners }) => owners ?? [NONE]) },
  ];
  return tables.filter(({ rows }) => rows.some(({ name }) => name !== NONE));
}

const NONE = "(none)";

function rowsOf(
  entries: readonly ImpactEntry[],
  namesOf: (entry: ImpactEntry) => readonly string[],
): readonly RolledUp[] {
  const rows = new Map<string, { -readonly [kind in ImpactKind]: number }>();
  for (const entry of entries) {
    for (const name of namesOf(entry)) {
      const counts = rows.get(name) ?? { blocked: 0, allowed: 0, shown: 0, cleared: 0 };
      counts[entry.kind] += 1;
      rows.set(name, counts);
    }
  }
  const weight = ({ counts }: RolledUp): readonly number[] => impactKinds.map(({ kind }) => counts[kind]);
  return [...rows]
    .map(([name, counts]) => ({ name, counts }))
    .toSorted((a, b) => {
      const [one, other] = [weight(a), weight(b)];
      const at = one.findIndex((value, index) => value !== other[index]);
      if (at === -1) return a.name < b.name ? -1 : 1;
      return (other[at] ?? 0) - (one[at] ?? 0);
    });
}

/** `deny, was warn`, `warn`, `was deny`. */
export function levelsText({ before, after }: ImpactEntry): string {
  if (after === undefined) return `was ${before}`;
  return before === undefined ? after : `${after}, was ${before}`;
}
