import { expect, test } from "@jest/globals";
import { findImports } from "../../../src/render/jsonnet/find-imports.ts";

test.each([
  ["of each kind", "[import 'a', importstr \"b\", importbin 'c']", ["a", "b (data)", "c (data)"]],
  ["with escapes", String.raw`import "a\"b\u002f\/c\\"`, ['a"b//c\\']],
  ["verbatim", `[import @'a\\''b', import @"c""d"]`, ["a\\'b", 'c"d']],
  ["with comments in between", "import /* 'x' */ # y\n // 'z'\n 'a'", ["a"]],
  ["on several lines", "local a =\n  import\n  'a';\na", ["a"]],
  ["in no comment", "# import 'x'\n// import 'x'\n/* import 'x'\n */ import 'a'", ["a"]],
  ["in no text", String.raw`["import 'x'", 'import "x\'', @'import "x" '' import "x"', import 'a']`, ["a"]],
  ["in no block of text", "{ a: |||\n  import 'x'\n   ||| import 'x'\n\n  import 'x'\n||| + import 'a' }", ["a"]],
  ["after a block without its last line end", "|||-\n\timport 'x'\n ||| + import 'a'", ["a"]],
  ["in no longer word", "local important = 'x', _import = 'x'; import 'a'", ["a"]],
  ["of no computed path", "import ('x')", []],
  ["of no field", "{ import_: 'x', y: import 'a' }", ["a"]],
])("imports are found %s", (_, text, expected) => {
  expect(findImports(text).map(({ path, code }) => (code ? path : `${path} (data)`))).toEqual(expected);
});
