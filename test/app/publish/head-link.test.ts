import { expect, test } from "@jest/globals";
import { linksToCommit } from "../../../src/app/publish/head-link.ts";
import { repeatCommand } from "../../../src/app/publish/repeat-command.ts";
import { linkedCode } from "../../../src/report/escape-markdown.ts";
import { pullRequest } from "../../support/fakes/app.ts";

const linkTo = linksToCommit("https://github.example/acme/shop.git", "abc");

test.each([
  ["apps/web.yaml", 7, "https://github.example/acme/shop/blob/abc/apps/web.yaml#L7"],
  ["apps/web.yaml", undefined, "https://github.example/acme/shop/blob/abc/apps/web.yaml"],
  ["a b/ü(1)>#?%.yaml", 1, "https://github.example/acme/shop/blob/abc/a%20b/%C3%BC%281%29%3E%23%3F%25.yaml#L1"],
])("%s line %s is linked on the head", (path, line, url) => {
  expect(linkTo(path, line)).toBe(url);
  expect(linkedCode("x", url)).toBe(`[\`x\`](<${url}>)`);
});

const target = (baseRef: string) => {
  const pull = { ...pullRequest(), baseRef, base: "b".repeat(40) };
  return { repository: pull.repository, head: pull.head, baseRef, pull };
};

test("a pull request is judged in a checkout of it against its branch", () => {
  expect(repeatCommand(target("release/1.2"))).toMatch(
    /^git fetch origin release\/1\.2 && npx @portcullis-gate\/cli@\d+\.\d+\.\d+\S* check --base origin\/release\/1\.2$/,
  );
});

test.each(["a;reboot", "$(reboot)", "`reboot`", "a&b", "a'b", "-x", "a\u200bb"])(
  "a branch named %s is no part of a command that people copy",
  (name) => {
    expect(repeatCommand(target(name))).not.toContain(name);
    expect(repeatCommand(target(name))).toMatch(/--base b{40}$/);
  },
);

test("a merge group is judged by its two commits", () => {
  const { repository } = pullRequest();
  const group = { repository, head: "a1", base: "b2", baseRef: "main" };
  expect(repeatCommand(group)).toMatch(/^git fetch origin b2 a1 && .* check --base b2 --head a1$/);
});
