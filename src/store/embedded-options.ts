import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

/**
 * Of PostgreSQL's own cache. Its default of 128 MB is touched at the start and never given back; the whole store is
 * smaller than that, and the operating system caches its files too.
 */
const sharedBuffers = ["-c", "shared_buffers=16MB"];

/** How the embedded database is opened and initialised. */
export const embeddedOptions: PGliteOptions = {
  startParams: [...PGlite.defaultStartParams, ...sharedBuffers],
  initDbStartParams: sharedBuffers,
};
