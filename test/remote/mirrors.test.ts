import { expect, test } from "@jest/globals";
import { mirroring } from "../../src/remote/mirrors.ts";

const mirrored = mirroring({
  "oci://docker.io": "oci://mirror.example.com/docker",
  "oci://docker.io/acme/": "oci://mirror.example.com/acme/",
  "https://charts.example.com": "https://mirror.example.com/charts",
});

test.each([
  ["oci://docker.io", "oci://mirror.example.com/docker"],
  ["oci://docker.io/library/web", "oci://mirror.example.com/docker/library/web"],
  ["oci://docker.io/acme/web", "oci://mirror.example.com/acme/web"],
  ["oci://docker.io/acmeish/web", "oci://mirror.example.com/docker/acmeish/web"],
  ["oci://docker.io.example.com/web", "oci://docker.io.example.com/web"],
  ["https://charts.example.com/stable/", "https://mirror.example.com/charts/stable/"],
  ["https://other.example.com/stable", "https://other.example.com/stable"],
])("%s is fetched from %s", (url, expected) => {
  expect(mirrored(url)).toBe(expected);
});
