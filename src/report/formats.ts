import type { Format } from "./format.ts";

/** Every format of `-o`, loaded when it is asked for: a run pays for one. */
export const formats = {
  pretty: async () => (await import("./pretty.ts")).pretty,
  json: async () => (await import("./json.ts")).json,
  sarif: async () => (await import("./sarif.ts")).sarif,
  junit: async () => (await import("./junit.ts")).junit,
  tap: async () => (await import("./tap.ts")).tap,
  github: async () => (await import("./github.ts")).github,
  codequality: async () => (await import("./codequality.ts")).codequality,
  markdown: async () => (await import("./markdown.ts")).markdown,
} satisfies Record<string, () => Promise<Format>>;

/** The name of a format of `-o`. */
export type FormatName = keyof typeof formats;
