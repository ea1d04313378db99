import { expect, test } from "@jest/globals";
import { readPolicyReference } from "../../src/config/policy-reference.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const commit = "0123456789abcdef0123456789abcdef01234567";

test.each<[string, object, string, string]>([
  [
    `oci://ghcr.io/acme/policies@${digest}`,
    { kind: "artifact", url: "oci://ghcr.io/acme/policies", digest },
    "",
    "ghcr.io/acme/policies@0123456789ab",
  ],
  [
    `oci://localhost:5000/acme/policies:1.2@${digest}`,
    { kind: "artifact", url: "oci://localhost:5000/acme/policies", tag: "1.2", digest },
    "",
    "localhost/5000/acme/policies@0123456789ab",
  ],
  [
    `https://policies.example.com/bundle.tar.gz@${digest}`,
    { kind: "file", url: "https://policies.example.com/bundle.tar.gz", digest },
    "",
    "policies.example.com/bundle.tar.gz@0123456789ab",
  ],
  [
    `git+https://github.com/acme/policies.git//kubernetes/base?ref=${commit}`,
    { kind: "git", url: "https://github.com/acme/policies.git", revision: { kind: "commit", value: commit } },
    "kubernetes/base",
    "github.com/acme/policies@0123456789ab",
  ],
  [
    `https://github.com/acme/policies//kubernetes?ref=${commit}#main`,
    { kind: "git", url: "https://github.com/acme/policies", revision: { kind: "commit", value: commit } },
    "kubernetes",
    "github.com/acme/policies@0123456789ab",
  ],
  [
    `git@github.com:acme/policies//?ref=${commit}`,
    { kind: "git", url: "git@github.com:acme/policies", revision: { kind: "commit", value: commit } },
    "",
    "github.com/acme/policies@0123456789ab",
  ],
  [
    `git+ssh://git@github.com/acme/policies?ref=${commit}`,
    { kind: "git", url: "ssh://git@github.com/acme/policies", revision: { kind: "commit", value: commit } },
    "",
    "github.com/acme/policies@0123456789ab",
  ],
])("%s is read", (written, remote, directory, mount) => {
  expect(readPolicyReference(written)).toEqual({ kind: "reference", reference: { written, remote, directory, mount } });
});

test.each([
  ["a tag alone", "oci://ghcr.io/acme/policies:1.2", /does not say which content it is; expected oci:/],
  ["a short digest", "oci://ghcr.io/acme/policies@sha256:12ab", /expected oci:/],
  ["an archive without a digest", "https://policies.example.com/bundle.tar.gz", /expected https:/],
  ["a branch", "git+https://github.com/acme/policies//k8s?ref=main", /expected git\+https:.*all its 40 digits/],
  ["no revision", "git@github.com:acme/policies", /expected git\+https:/],
  ["a directory outside", `git+https://github.com/acme/policies//../x?ref=${commit}`, /inside the repository/],
  ["another protocol", `ftp://example.com/x@${digest}`, /expected a path, or a URL that begins with https/],
  ["a file URL", "file:///etc", /expected a path, or a URL/],
])("%s is refused", (_, written, message) => {
  const reading = readPolicyReference(written);
  expect(reading).toMatchObject({ kind: "invalid" });
  expect(reading?.kind === "invalid" ? reading.message : "").toMatch(message);
});

test.each(["policies", "./policies/a.rego", "dist/policies.tar.gz", "@portcullis/library", "c:/policies"])(
  "%s is no reference",
  (written) => {
    expect(readPolicyReference(written)).toBeUndefined();
  },
);
