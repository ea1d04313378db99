import { expect, test } from "@jest/globals";
import { buildEnvironment } from "../../../src/render/argocd/build-environment.ts";

test.each([
  ["$ARGOCD_APP_NAME-a", "web-a"],
  ["a-${ARGOCD_APP_NAME}b", "a-webb"],
  ["$$HOME", "$HOME"],
  ["$UNKNOWN/x", "/x"],
  ["${}a", "a"],
  ["${open", "open"],
  ["price: 5$", "price: 5$"],
  ["$ x", "$ x"],
  ["$1st", "st"],
])("%s becomes %s", (text, expected) => {
  expect(buildEnvironment({ ARGOCD_APP_NAME: "web" }).expand(text)).toBe(expected);
});

test("what is known only at sync is remembered", () => {
  const environment = buildEnvironment({});
  expect(environment.expand("$ARGOCD_APP_REVISION_SHORT")).toBe("0000000");
  expect([...environment.unknown]).toEqual(["ARGOCD_APP_REVISION_SHORT"]);
});
