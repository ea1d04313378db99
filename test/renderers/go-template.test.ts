import { afterAll, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

const parameters = {
  cluster: "Production_EU.1",
  path: { basename: "guestbook", segments: ["apps", "guestbook"] },
  labels: { team: "shop" },
  replicas: 3,
  text: "a: [1, 2]",
};

test.each([
  ["a parameter", "{{ .cluster }}", "Production_EU.1"],
  ["a nested one", "{{ .path.basename }}-{{ index .path.segments 0 }}", "guestbook-apps"],
  ["sprig", '{{ .cluster | lower | replace "_" "-" | trunc 10 }}', "production"],
  ["a name made fit for Kubernetes", "{{ normalize .cluster }}", "production-eu.1"],
  ["a slug", '{{ slugify 15 true (print .cluster " " .path.basename) }}', "production-eu-1"],
  [
    "a slug of at most 50 characters, cut between words",
    '{{ slugify "feature/A very long branch name that goes on and on and on" }}',
    "feature-a-very-long-branch-name-that-goes-on-and",
  ],
  [
    "YAML out and in",
    '{{ toYaml .labels }} {{ (fromYaml .text).a | toJson }} {{ fromYamlArray "[x]" | first }}',
    "team: shop [1,2] x",
  ],
  ["a number", "{{ .replicas }}", "3"],
  ["a condition", '{{ if eq .labels.team "shop" }}yes{{ else }}no{{ end }}', "yes"],
  ["what is missing, by default", "{{ .absent }}", "<no value>"],
  ["no template", "plain {text}", "plain {text}"],
])("%s is filled in as ApplicationSet does", async (_, template, text) => {
  expect(await renderer.goTemplate({ templates: [template], parameters })).toEqual({
    kind: "rendered",
    answer: { texts: [text] },
  });
});

test.each([
  [
    "a missing key, where the options forbid it",
    "{{ .absent }}",
    ["missingkey=error"],
    /map has no entry for key "absent"/,
  ],
  ["an option that is none", "{{ .cluster }}", ["missingkey=perhaps"], /unrecognized option: missingkey=perhaps/],
  ["a template that cannot be parsed", "{{ .cluster", [], /failed to parse template .*unclosed action/],
  ["env", '{{ env "HOME" }}', [], /function "env" not defined/],
  ["expandenv", '{{ expandenv "$HOME" }}', [], /function "expandenv" not defined/],
  ["getHostByName", '{{ getHostByName "localhost" }}', [], /function "getHostByName" not defined/],
  ["slugify with a wrong type", "{{ slugify true .cluster }}", [], /slugify expects/],
])("%s is refused in the template's own words", async (_, template, options, message) => {
  expect(await renderer.goTemplate({ templates: ["{{ .cluster }}", template], parameters, options })).toEqual({
    kind: "failed",
    message: expect.stringMatching(message) as unknown,
  });
});
