import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

/** A policy that wants `spec.FIELD` to be true. */
const wants = (field: string, more = ""): string => `# METADATA
# custom:
#   id: spec/${field}
#   fix:
#     in: object
#     set:
#       /spec/${field}: true
package wants_${field}

import rego.v1

deny contains "${field} is not true" if input.spec.${field} != true

deny contains "${field} is not true" if not has_field

has_field if "${field}" in object.keys(input.spec)
${more}`;

const widget = (name: string, spec: string): string =>
  `apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: ${name} # its name\nspec:\n${spec}`;

const configuration = "version: 1\npolicies: [policy]\nschemas: off\n";

describe("check --fix", () => {
  test("fixes several findings of a file, keeps comments, and has nothing left to do the second time", async () => {
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready"),
      "policy/safe.rego": wants("safe"),
      "apps/all.yaml": `${widget("a", "  # switch\n  ready: false # off\n  size: 1\n")}---\n${widget("b", "  safe: true\n")}`,
    });
    const first = await portcullis(directory, ["check", "--fix", "apps"]);
    expect(readFileSync(join(directory, "apps/all.yaml"), "utf8")).toBe(
      `${widget("a", "  # switch\n  ready: true # off\n  size: 1\n  safe: true\n")}---\n${widget("b", "  safe: true\n  ready: true\n")}`,
    );
    expect(first.err).toContain("fixed: apps/all.yaml:7: spec/ready: ready is not true");
    expect(first.err).toContain("3 findings fixed in 1 file, 0 not");
    expect(first.code).toBe(0);
    const second = await portcullis(directory, ["check", "--fix", "apps"]);
    expect(second.code).toBe(0);
    expect(second.err).toContain("no finding has a policy that declares a fix");
  });

  test("prints a difference that Git applies, and writes nothing", async () => {
    const before = widget("a", "  ready: false # off\n");
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready"),
      "apps/a.yaml": before,
    });
    const ran = await portcullis(directory, ["check", "--fix", "--dry-run", "apps"]);
    expect(ran.out).toBe(
      "--- a/apps/a.yaml\n+++ b/apps/a.yaml\n@@ -3,4 +3,4 @@\n metadata:\n   name: a # its name\n spec:\n-  ready: false # off\n+  ready: true # off\n",
    );
    expect(ran.code).toBe(1);
    expect(readFileSync(join(directory, "apps/a.yaml"), "utf8")).toBe(before);
    expect((await portcullis(directory, ["check", "--fix", "--diff", "apps"])).out).toBe(ran.out);
  });

  test("makes no fix that brings another finding, and makes the others all the same", async () => {
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready"),
      "policy/safe.rego": wants(
        "safe",
        `\ndeny contains "a big widget is never safe" if {\n\tinput.spec.safe\n\tinput.spec.big\n}\n`,
      ),
      "apps/a.yaml": widget("a", "  big: true\n"),
      "apps/b.yaml": widget("b", "  ready: true\n"),
    });
    const ran = await portcullis(directory, ["check", "--fix", "apps"]);
    expect(readFileSync(join(directory, "apps/a.yaml"), "utf8")).toBe(widget("a", "  big: true\n  ready: true\n"));
    expect(readFileSync(join(directory, "apps/b.yaml"), "utf8")).toBe(widget("b", "  ready: true\n  safe: true\n"));
    expect(ran.err).toContain(
      "not fixed: apps/a.yaml:5: spec/safe: safe is not true (it would bring another finding: spec/safe: a big widget is never safe)",
    );
    expect(ran.err).toContain("2 findings fixed in 2 files, 1 not");
    expect(ran.code).toBe(1);
  });

  test("makes no fix after which the finding remains, or that a text does not permit", async () => {
    const anchored = widget("a", "  ready: &off false\n  safe: *off\n");
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready"),
      "policy/none.rego": wants("none").replace("/spec/none: true", "/spec/other: true"),
      "apps/a.yaml": anchored,
    });
    const ran = await portcullis(directory, ["check", "--fix", "apps"]);
    expect(ran.err).toContain("spec/ready: ready is not true (the value has an anchor (&))");
    expect(ran.err).toContain("spec/none: none is not true (the finding would remain)");
    expect(readFileSync(join(directory, "apps/a.yaml"), "utf8")).toBe(anchored);
    expect(ran.code).toBe(1);
  });

  test("fixes a base of Kustomize for all that it yields, in all of them", async () => {
    const kustomization = (more: string): string =>
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n${more}`;
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready"),
      "base/kustomization.yaml": kustomization("resources: [a.yaml]\n"),
      "base/a.yaml": widget("a", "  size: 1 # small\n"),
      "one/kustomization.yaml": kustomization("namePrefix: one-\nresources: [../base]\n"),
      "two/kustomization.yaml": kustomization("namePrefix: two-\nresources: [../base]\n"),
    });
    const ran = await portcullis(directory, ["check", "--fix", "base", "one", "two"]);
    expect(readFileSync(join(directory, "base/a.yaml"), "utf8")).toBe(
      widget("a", "  size: 1 # small\n  ready: true\n"),
    );
    expect(ran.code).toBe(0);
  });

  test.each([
    { name: "a change is not edited", args: ["check", "--fix", "--base", "HEAD"], said: "--fix edits files" },
    { name: "a dry run of nothing", args: ["check", "--dry-run"], said: "--dry-run needs --fix" },
  ])("is bad usage: $name", async ({ args, said }) => {
    const { code, err } = await portcullis(directoryWith({}), args);
    expect(code).toBe(2);
    expect(err).toContain(said);
  });

  test("a fix that says something unknown is an error at the line of the METADATA", async () => {
    const directory = directoryWith({
      "portcullis.yaml": configuration,
      "policy/ready.rego": wants("ready").replace("in: object", "in: everywhere"),
      "apps/a.yaml": widget("a", "  ready: true\n"),
    });
    const { code, out } = await portcullis(directory, ["check", "apps"]);
    expect(out).toContain("policy/ready.rego:1");
    expect(out).toContain("custom.fix.in must be one of object, pod, container, value");
    expect(code).toBe(2);
  });
});
