import type { Finding } from "../model/finding.ts";
import type { Level } from "../model/policy.ts";
import type { Report } from "../model/report.ts";
import { environmentsOf } from "./landing.ts";

/** The findings of one environment by policy; `name` is null for manifests without an environment. */
export interface MatrixRow {
  readonly environment: string | null;
  /** The policies with findings, by id; empty if there are none. */
  readonly policies: readonly MatrixCell[];
}

/** The findings of one policy in one environment. */
export interface MatrixCell {
  readonly policy: string;
  /** The worst of its findings. */
  readonly level: Level;
  readonly introduced: number;
  readonly existing: number;
}

const RANK: { readonly [level in Level]: number } = { deny: 0, warn: 1, info: 2 };

/** Environments × policies: how many findings each policy has in each environment. Empty where no environment is known. */
export function matrixOf({ findings, sources }: Report): readonly MatrixRow[] {
  const standing = findings.filter(({ status, waiver }) => status !== "fixed" && waiver === undefined);
  const names = new Set([...sources.flatMap(({ environments }) => environments), ...findings.flatMap(environmentsOf)]);
  if (names.size === 0) return [];
  const rows = [...names].toSorted().map((environment) => ({
    environment,
    policies: cellsOf(standing.filter((finding) => environmentsOf(finding).includes(environment))),
  }));
  const nowhere = cellsOf(standing.filter((finding) => environmentsOf(finding).length === 0));
  return nowhere.length === 0 ? rows : [...rows, { environment: null, policies: nowhere }];
}

/** The policies of a matrix as columns, those with the worst and most findings first. */
export function columnsOf(rows: readonly MatrixRow[]): readonly string[] {
  const totals = new Map<string, { rank: number; count: number }>();
  for (const { policy, level, introduced, existing } of rows.flatMap(({ policies }) => policies)) {
    const total = totals.get(policy) ?? { rank: RANK[level], count: 0 };
    totals.set(policy, { rank: Math.min(total.rank, RANK[level]), count: total.count + introduced + existing });
  }
  return [...totals]
    .toSorted(([a, one], [b, other]) => one.rank - other.rank || other.count - one.count || (a < b ? -1 : 1))
    .map(([policy]) => policy);
}

/** The short text of a cell: `2 deny`, `1 warn +3`, with the number of existing findings after the plus. */
export function cellText(cell: MatrixCell | undefined): string {
  if (cell === undefined) return "·";
  const { introduced, existing, level } = cell;
  if (introduced === 0) return `+${existing} ${level}`;
  return `${introduced} ${level}${existing === 0 ? "" : ` +${existing}`}`;
}

/** Groups rows with equal cells if there are too many to read one by one; each group names its environments. */
export function foldedRows(
  rows: readonly MatrixRow[],
  most: number,
): readonly { readonly environments: readonly string[]; readonly policies: readonly MatrixCell[] }[] {
  const named = rows.map(({ environment, policies }) => ({ environments: [environment ?? "none known"], policies }));
  if (rows.length <= most) return named;
  const groups = new Map<string, (typeof named)[number]>();
  for (const row of named) {
    const key = JSON.stringify(row.policies);
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined ? row : { ...known, environments: [...known.environments, ...row.environments] },
    );
  }
  return [...groups.values()];
}

function cellsOf(findings: readonly Finding[]): readonly MatrixCell[] {
  const cells = new Map<string, MatrixCell>();
  for (const { policy, level, status } of findings) {
    const cell = cells.get(policy) ?? { policy, level, introduced: 0, existing: 0 };
    cells.set(policy, {
      policy,
      level: RANK[level] < RANK[cell.level] ? level : cell.level,
      introduced: cell.introduced + (status === "introduced" ? 1 : 0),
      existing: cell.existing + (status === "existing" ? 1 : 0),
    });
  }
  return [...cells.values()].toSorted((a, b) => (a.policy < b.policy ? -1 : 1));
}
