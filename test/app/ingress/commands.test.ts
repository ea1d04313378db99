import { expect, test } from "@jest/globals";
import { reasonIn } from "../../../src/app/ingress/commands.ts";

test.each([
  ["on one line", "  the  shop\r\n\tis down ", "the shop is down"],
  ["without control characters", "the\u0000shop\u001bis\u0085down", "the shop is down"],
  ["without halves of characters", "the \ud83d shop \ude00 is down", "the shop is down"],
  ["with whole characters", "the shop is down 😀", "the shop is down 😀"],
  ["cut between characters", `${"x".repeat(499)}😀😀`, `${"x".repeat(499)}😀`],
  ["of nothing", "\u0000", ""],
])("the reason of an override is read %s", (_, text, reason) => {
  expect(reasonIn(`/portcullis override ${text}`)).toBe(reason);
});
