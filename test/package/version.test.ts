import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { documents } from "../docs/documents.ts";
import { readManifest, root } from "./installed.ts";

const { version } = readManifest(root);
const others = [
  "action.yml",
  "ci/gitlab.yml",
  "deploy/helm/portcullis/Chart.yaml",
  "deploy/kustomize/base/statefulset.yaml",
  "deploy/kustomize/servicemonitor/servicemonitor.yaml",
];

test.each([
  ...others.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") })),
  ...documents.filter(({ path }) => !path.startsWith("docs/decisions/")),
])("$path names the version of package.json", ({ text }) => {
  const named = [
    ...text.matchAll(/@portcullis-gate\/cli@([\d.]+)/g),
    ...text.matchAll(/portcullis-gate\/portcullis[:@/]v?(\d+\.\d+\.\d+)/g),
    ...text.matchAll(/^(?:appVersion|version): (\d+\.\d+\.\d+)$/gm),
    ...text.matchAll(/app\.kubernetes\.io\/version: "([\d.]+)"/g),
  ].map(([, one]) => one);
  expect([...new Set(named)].filter((one) => one !== version)).toEqual([]);
});

test.each(others)("%s has a version to name", (path) => {
  expect(readFileSync(join(root, path), "utf8")).toContain(version);
});
