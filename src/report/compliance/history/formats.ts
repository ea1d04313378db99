import type { HistoryEntry } from "../../../model/standing-history.ts";
import { csvHistory, CSV_HISTORY_HEADER } from "./csv-history.ts";
import { jsonHistory } from "./json-history.ts";
import { textHistory } from "./text-history.ts";

/** How judgements are printed: what stands before them, and each one. */
interface HistoryFormat {
  readonly header: string;
  readonly entry: (entry: HistoryEntry) => string;
}

/** The formats of a history. */
export const historyFormats = {
  text: { header: "", entry: textHistory },
  csv: { header: CSV_HISTORY_HEADER, entry: csvHistory },
  json: { header: "", entry: jsonHistory },
} as const satisfies { readonly [name: string]: HistoryFormat };
