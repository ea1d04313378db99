import { expect, test } from "@jest/globals";
import { isSkipped } from "../../../src/render/argocd/skipped.ts";

const hook = "argocd.argoproj.io/hook";

test.each<[string, { readonly [key: string]: string | number | null }, boolean]>([
  ["Skip alone", { [hook]: "Skip" }, true],
  ["with spaces and empty words", { [hook]: " Skip ,, " }, true],
  ["twice", { [hook]: "Skip,Skip" }, true],
  ["beside a hook of Helm that Argo CD's own replaces", { [hook]: "Skip", "helm.sh/hook": "pre-install" }, true],
  ["in another case", { [hook]: "skip" }, false],
  ["beside a phase", { [hook]: "Skip,PreSync" }, false],
  ["beside a hook that only the controller knows", { [hook]: "Skip,PostDelete" }, false],
  ["beside a word that nothing knows today", { [hook]: "Skip,Later" }, false],
  ["beside a hook of Helm for deletion", { [hook]: "Skip", "helm.sh/hook": "post-install, post-delete" }, false],
  ["beside an annotation that is no text", { [hook]: "Skip", other: 1 }, false],
  ["beside an annotation that is null", { [hook]: "Skip", other: null }, false],
  ["another hook", { [hook]: "PreSync" }, false],
  ["an empty hook", { [hook]: "" }, false],
  ["an annotation with a similar name", { "argocd.argoproj.io/hooks": "Skip" }, false],
])("Argo CD's hook Skip: %s", (_, annotations, expected) => {
  expect(isSkipped({ metadata: { annotations } })).toBe(expected);
});

test("an object without annotations, or with a label instead, is not skipped", () => {
  expect([{}, { metadata: {} }, { metadata: { labels: { [hook]: "Skip" } } }].map(isSkipped)).toEqual([
    false,
    false,
    false,
  ]);
});
