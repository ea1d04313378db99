import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { AuditRow } from "../model/audit.ts";
import { canonicalBody } from "../store/audit-chain.ts";
import { verifyRows, type AuditVerifyOptions } from "./audit-verification.ts";
import { UsageError } from "./usage-error.ts";

/** Runs `portcullis audit verify FILE` on an export as JSON lines. Returns the exit code. */
export async function auditVerifyFile(file: string, options: AuditVerifyOptions): Promise<number> {
  return verifyRows(rowsOf(file), options, true);
}

async function* rowsOf(file: string): AsyncGenerator<AuditRow> {
  const input = file === "-" ? process.stdin : createReadStream(file);
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() !== "") yield rowOf(line);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file === "-" ? "stdin" : file}${number === 0 ? "" : `:${number}`}: ${message}`);
  }
}

function rowOf(line: string): AuditRow {
  const row: unknown = JSON.parse(line);
  if (!isExported(row)) throw new Error("expected a row as portcullis audit export -o json prints it");
  return { ...row, body: canonicalBody(row.body) };
}

type ExportedRow = Omit<AuditRow, "body"> & { readonly body: object };

function isExported(row: unknown): row is ExportedRow {
  if (typeof row !== "object" || row === null) return false;
  const { sequence, body, ...texts } = row as { readonly [key: string]: unknown };
  const named = ["time", "kind", "subject", "previous", "hash"].every((key) => typeof texts[key] === "string");
  return Number.isSafeInteger(sequence) && typeof body === "object" && body !== null && named;
}
