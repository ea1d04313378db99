import type { TestFormat } from "./test-run.ts";

/** Every format of `portcullis test -o`, loaded when it is asked for. */
export const testFormats = {
  pretty: async () => (await import("./pretty.ts")).prettyTests,
  json: async () => (await import("./json.ts")).jsonTests,
  junit: async () => (await import("./junit.ts")).junitTests,
  tap: async () => (await import("./tap.ts")).tapTests,
} satisfies Record<string, () => Promise<TestFormat>>;

/** The name of a format of `portcullis test -o`. */
export type TestFormatName = keyof typeof testFormats;
