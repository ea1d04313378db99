import { expect, test } from "@jest/globals";
import { rulesOwners } from "../../../src/gate/approvals/owners-of.ts";
import { readCodeOwners } from "../../../src/gate/code-owners.ts";

const owners = { "**": ["@acme/platform"], "pods/**": ["@acme/security"], "pods/probes": ["@acme/web"] };

test.each<[string, Parameters<typeof rulesOwners>, [string | undefined, string], readonly string[]]>([
  ["the last pattern that matches", [owners, () => []], ["pods/host-network", "x"], ["@acme/security"]],
  ["a later pattern, though it is narrower", [owners, () => []], ["pods/probes", "x"], ["@acme/web"]],
  ["a pattern for everything", [owners, () => []], ["rbac/escalation", "x"], ["@acme/platform"]],
  ["a pattern for everything, of the configuration", [owners, () => []], [undefined, "x"], ["@acme/platform"]],
  [
    "the pattern of the rules themselves",
    [{ "portcullis/rules": ["@boss"] }, () => ["@code"]],
    [undefined, "portcullis.yaml"],
    ["@boss"],
  ],
  [
    "CODEOWNERS of the file, where no pattern matches",
    [{ "pods/**": ["@acme/security"] }, readCodeOwners("/policies/ @acme/rules")],
    ["rbac/escalation", "policies/rbac.rego"],
    ["@acme/rules"],
  ],
  [
    "nobody by an address of mail",
    [{}, readCodeOwners("* someone@example.com @alice @acme/x/y")],
    [undefined, "portcullis.yaml"],
    ["@alice"],
  ],
  ["nobody", [{}, () => []], ["pods/probes", "portcullis.yaml"], []],
])("owners by %s", (_, [written, code], [policy, path], expected) => {
  expect(rulesOwners(written, code)(policy, path)).toEqual(expected);
});
