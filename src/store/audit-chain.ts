import { createHash } from "node:crypto";
import type { AuditRow } from "../model/audit.ts";

/** What the first row names as the hash of the row before it. */
export const NO_ROW = "0".repeat(64);

/** A row without its hash. */
export type UnhashedRow = Omit<AuditRow, "hash">;

/**
 * The hash of a row: SHA-256 of its fields as lines. No field but the last can contain a line break, so that no two rows
 * have the same lines; `sha256(convert_to(…, 'UTF8'))` of PostgreSQL gives the same.
 */
export function auditHash(row: UnhashedRow): string {
  const { sequence, time, kind, repositoryId, repository, subject, body, previous } = row;
  const lines = [sequence, time, kind, repositoryId ?? "", repository ?? "", subject, body, previous];
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical };

/** JSON with sorted keys and without spaces. Members that are undefined are left out. */
export function canonicalBody(value: object): string {
  return written(JSON.parse(JSON.stringify(value)) as Canonical);
}

function written(value: Canonical): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(written).join(",")}]`;
  const members = Object.keys(value).toSorted();
  return `{${members.map((key) => `${JSON.stringify(key)}:${written(value[key] ?? null)}`).join(",")}}`;
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value);
}

/** What is wrong with the chain at one row. */
export interface ChainFault {
  readonly sequence: number;
  readonly message: string;
}

/** Follows the chain row by row. */
export interface ChainWalk {
  /** What is wrong with the next row, or between it and the one before. */
  readonly next: (row: AuditRow) => readonly ChainFault[];
}

/**
 * Starts at the first row, or with `partial` at any: then what comes before is not known, and the first row is taken to
 * follow it.
 */
export function walkChain({ partial = false }: { readonly partial?: boolean } = {}): ChainWalk {
  let last: { readonly sequence: number; readonly hash: string } | undefined = partial
    ? undefined
    : { sequence: 0, hash: NO_ROW };
  return {
    next(row) {
      const before = last;
      last = { sequence: row.sequence, hash: row.hash };
      const faults: string[] = [];
      const expected = (before?.sequence ?? row.sequence - 1) + 1;
      if (row.sequence > expected) faults.push(missing(expected, row.sequence - 1));
      else if (row.sequence < expected) faults.push(`stands after row ${expected - 1}: the rows are out of order`);
      const { hash: stated, ...unhashed } = row;
      const actual = auditHash(unhashed);
      if (actual !== stated) faults.push(`was changed: its hash is ${stated}, and its content has the hash ${actual}`);
      if (before !== undefined && row.sequence === expected && row.previous !== before.hash)
        faults.push(
          expected === 1
            ? `is not the first row that was written: it names ${row.previous} as the hash of a row before it`
            : `does not follow row ${before.sequence}: it was written after a row with the hash ${row.previous}, and row ${before.sequence} has the hash ${before.hash}, so that row ${before.sequence} was changed or replaced since`,
        );
      return faults.map((message) => ({ sequence: row.sequence, message }));
    },
  };
}

function missing(first: number, last: number): string {
  return first === last
    ? `follows a gap: row ${first} is missing`
    : `follows a gap: rows ${first} to ${last} are missing`;
}
