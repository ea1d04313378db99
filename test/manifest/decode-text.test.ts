import { expect, test } from "@jest/globals";
import { DEFAULT_BUDGET } from "../../src/manifest/budget.ts";
import { decodeText, type DecodedText } from "../../src/manifest/decode-text.ts";

const encoder = new TextEncoder();
const decode = (bytes: readonly number[] | Uint8Array): DecodedText =>
  decodeText(new Uint8Array(bytes), DEFAULT_BUDGET);
/** The text's bytes with, in place of each ÿ, one that no UTF-8 text holds. */
const broken = (text: string): Uint8Array =>
  new Uint8Array(
    text.split("\xff").flatMap((part, index) => [...(index === 0 ? [] : [0xff]), ...encoder.encode(part)]),
  );

test.each([
  ["plain text", "a: 1\n", "a: 1\n"],
  ["an empty file", "", ""],
  ["tabs and line ends of Windows", "a:\t1\r\nb: 2\r\n", "a:\t1\r\nb: 2\r\n"],
  ["the neighbours of what is refused", "a: \x20\x7e\xa0\u2027\u202a\ufffd😀", "a: \x20\x7e\xa0\u2027\u202a\ufffd😀"],
  ["a byte order mark at the start, which goes", "\ufeffa: 1\n", "a: 1\n"],
  ["one where a later document starts", "a: 1\n---\n\ufeffb: 2\n", "a: 1\n---\n\ufeffb: 2\n"],
  ["one after a separator with spaces", "x\na: 1\r\n--- \t\r\n\ufeffb: 2\n", "x\na: 1\r\n--- \t\r\n\ufeffb: 2\n"],
])("%s is read", (_, text, read) => {
  expect(decode(encoder.encode(text))).toEqual({ kind: "text", text: read });
});

test.each<readonly [string, string, number, number, RegExp]>([
  ["NUL", "a: 1\nb: \0\n", 2, 4, /NUL/],
  ["a backspace", "\x08", 1, 1, /U\+0008 is not allowed/],
  ["a vertical tab", "a: \x0b", 1, 4, /U\+000B/],
  ["a form feed", "a: \x0c", 1, 4, /U\+000C/],
  ["the last control character", "a: \x1f", 1, 4, /U\+001F/],
  ["DEL", "a: \x7f", 1, 4, /U\+007F is not allowed/],
  ["the first of the second set", "a: \x80", 1, 4, /U\+0080 is not allowed/],
  ["the last of the second set", "a: \x9f", 1, 4, /U\+009F/],
  ["NEL", "a: \x85", 1, 4, /U\+0085 ends a line/],
  ["a line separator", "a: 1\n\n# \u2028", 3, 3, /U\+2028 ends a line/],
  ["a paragraph separator", "# \u2029", 1, 3, /U\+2029 ends a line/],
  ["U+FFFE", "a: \ufffe", 1, 4, /U\+FFFE is not allowed/],
  ["U+FFFF", "a: \uffff", 1, 4, /U\+FFFF is not allowed/],
  ["a carriage return within a line", "a: 1\rb: 2\n", 1, 5, /carriage return/],
  ["a carriage return at the end", "a: 1\n\r", 2, 1, /carriage return/],
  ["a byte order mark within a line", "a: 1\nb: \ufeff2\n", 2, 4, /byte order mark/],
  ["one at the start of a line that starts no document", "a: 1\n\ufeffb: 2\n", 2, 1, /byte order mark/],
  ["one after a separator with nothing before it", "---\n\ufeffa: 1\n", 2, 1, /byte order mark/],
  ["one after two separators", "---\n---\n\ufeffa: 1\n", 3, 1, /byte order mark/],
  ["one after four dashes", "a: 1\n----\n\ufeffb: 2\n", 3, 1, /byte order mark/],
  ["one on the separator's own line", "a: 1\n--- \ufeffb: 2\n", 2, 5, /byte order mark/],
  ["what follows a byte order mark that is allowed", "a: 1\n---\n\ufeffb: \x07\n", 3, 5, /U\+0007/],
])("%s is refused at its place", (_, text, line, column, message) => {
  expect(decode(encoder.encode(text))).toEqual({
    kind: "unreadable",
    line,
    column,
    message: expect.stringMatching(message),
  });
});

test.each<readonly [string, string, number, number, RegExp]>([
  ["at its place", "a: 1\nb: \xff\n", 2, 4, /not valid UTF-8/],
  ["at the start", "\xff", 1, 1, /not valid UTF-8/],
  ["after a replacement character that the text itself holds", "a: \ufffd\nbc: \ufffd\xff\n", 2, 6, /not valid UTF-8/],
  ["after characters of several bytes", "é: 😀\xff", 1, 6, /not valid UTF-8/],
  ["with NUL in it, as binary", "a\0\xff", 1, 3, /binary/],
])("a byte that is no UTF-8 is refused %s", (_, text, line, column, message) => {
  expect(decode(broken(text))).toEqual({ kind: "unreadable", line, column, message: expect.stringMatching(message) });
});

test.each([
  ["little endian", [0xff, 0xfe, 0x61, 0x00], /UTF-16/],
  ["big endian", [0xfe, 0xff, 0x00, 0x61], /UTF-16/],
  ["half of a mark", [0xff, 0x61], /not valid UTF-8/],
  ["the other half", [0xfe, 0x61], /not valid UTF-8/],
])("UTF-16 is named: %s", (_, bytes, message) => {
  expect(decode(bytes)).toMatchObject({ kind: "unreadable", line: 1, message: expect.stringMatching(message) });
});

test("a file of git-crypt is known by its whole header", () => {
  const header = [...encoder.encode("\0GITCRYPT\0")];
  expect(decode(header)).toEqual({ kind: "git-crypt" });
  expect(decode([...header, 1, 2])).toEqual({ kind: "git-crypt" });
  expect(decode(header.slice(0, -1))).toMatchObject({ kind: "unreadable" });
});

test("a file may be as large as the budget, and no larger", () => {
  const budget = { ...DEFAULT_BUDGET, fileBytes: 4 };
  expect(decodeText(encoder.encode("a: 1"), budget)).toEqual({ kind: "text", text: "a: 1" });
  expect(decodeText(encoder.encode("a: 12"), budget)).toMatchObject({
    kind: "unreadable",
    line: 1,
    message: expect.stringMatching(/5 bytes.*4/),
  });
});
