import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "../cli/run-portcullis.ts";

const page = readFileSync("docs/writing-policies.md", "utf8");
const section = page.slice(page.indexOf("## Rules about other objects"), page.indexOf("## Policies without effect"));
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)?.[1] ?? "";
const [, shown = ""] = /\$ portcullis test\n([^]*?)```/.exec(section) ?? [];

const rejected = block("yaml");

test("the rule about other objects passes its fixtures as the page shows it", async () => {
  const accepted = rejected.replace("app: site", "app: web").replace(" # finding", "");
  const directory = directoryWith({
    "policies/services/selector/policy.rego": block("rego"),
    "policies/services/selector/fixtures/rejected-other-labels.yaml": rejected,
    "policies/services/selector/fixtures/accepted-own-labels.yaml": accepted,
  });
  const { code, out } = await portcullis(directory, ["test"]);
  expect([code, out.trim()]).toEqual([0, shown.trim()]);
});

test("a fixture does not see the objects of another", async () => {
  const [service = "", deployment = ""] = rejected.split("---\n");
  const directory = directoryWith({
    "policies/services/selector/policy.rego": block("rego"),
    "policies/services/selector/fixtures/rejected-alone.yaml": service,
    "policies/services/selector/fixtures/accepted-workload.yaml": deployment.replace("app: site", "app: web"),
  });
  expect(await portcullis(directory, ["test"])).toMatchObject({ code: 0 });
});

test("what fixtures reach through other objects counts as covered", async () => {
  const directory = directoryWith({
    "policies/services/selector/policy.rego": block("rego"),
    "policies/services/selector/fixtures/rejected-other-labels.yaml": rejected,
    "policies/services/selector/fixtures/accepted-own-labels.yaml": rejected
      .replace("app: site", "app: web")
      .replace(" # finding", ""),
  });
  const { code, out } = await portcullis(directory, ["test", "--coverage", "--threshold", "100"]);
  expect([code, out]).toEqual([0, expect.stringContaining("coverage 100 %")]);
});
