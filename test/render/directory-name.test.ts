import { expect, test } from "@jest/globals";
import type { RemoteReference } from "../../src/model/remotes.ts";
import { directoryName } from "../../src/render/remotes/reference-text.ts";

const chart: RemoteReference = { kind: "chart", repository: "oci://ghcr.io/acme", name: "app", version: "1.0.0" };
const layer = { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "extract" } as const;
const artifact: RemoteReference = { kind: "artifact", url: "oci://ghcr.io/acme/app", tag: "1.0.0" };
const repository: RemoteReference = {
  kind: "git",
  url: "https://git.example.com/acme/app.git",
  revision: { kind: "tag", value: "1.0.0" },
};
const digest = `sha256:${"a".repeat(64)}`;
const nameOf = (reference: RemoteReference, of = digest): string => directoryName(reference, "1.0.0", of);

test("what is in another repository with the same content has the same directory", () => {
  expect(nameOf({ ...chart, repository: "oci://quay.io/acme" })).toBe(nameOf(chart));
});

// Whoever publishes two charts can search for digests that begin alike.
test.each<[string, string]>([
  ["contents whose digests begin alike", nameOf(chart, `sha256:${"a".repeat(60)}bbbb`)],
  ["a chart that an OCIRepository names", nameOf({ ...chart, artifact: { tag: "1.0.0", layer } })],
  ["an artifact with the content of the chart", nameOf(artifact)],
  ["another layer of an artifact", nameOf({ ...artifact, layer })],
  ["a repository", nameOf(repository)],
  ["a repository with its submodules", nameOf({ ...repository, submodules: true })],
])("%s: another directory", (_, other) => {
  const names = [nameOf(chart), nameOf(artifact), nameOf(repository)];
  expect(names.filter((name) => name === other).length).toBeLessThanOrEqual(1);
  expect(other === nameOf(chart)).toBe(false);
});

test("a name is one that every file system has", () => {
  expect(nameOf({ ...repository, url: "git@git.example.com:a/b c?x#y" })).toMatch(/^[\w.+-]+$/);
});
