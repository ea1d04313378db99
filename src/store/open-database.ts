import type { Database } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { openServer } from "./server.ts";

/**
 * Opens the PostgreSQL server at `url` (`postgres://…`), or without `url` the embedded database in `directory`, which is
 * created if it does not exist. Rejects if the server cannot be reached.
 */
export async function openDatabase(place: { readonly url?: string; readonly directory: string }): Promise<Database> {
  return place.url === undefined ? openEmbedded(place.directory) : openServer(place.url);
}
