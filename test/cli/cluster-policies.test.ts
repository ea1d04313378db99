import { expect, test } from "@jest/globals";
import { constraint, template } from "../gatekeeper/policies.ts";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const rego = `
package owned

violation[{"msg": msg}] {
  not input.review.object.metadata.labels.owner
  msg := "no owner"
}
`;
const policies = `${template("Owned", rego)}---\n${constraint("Owned", "pods", "{ match: { kinds: [{ kinds: [Pod] }] } }")}`;
const config = (more: string): string => `version: 1\npolicies: [cluster]\n${more}`;
const pod = (name: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [] }\n`;

async function findings(directory: string, args: readonly string[]): Promise<readonly string[]> {
  const { out, err } = await portcullis(directory, ["check", "--no-schemas", "-o", "json", ...args]);
  if (!out.startsWith("{")) throw new Error(err);
  const report = JSON.parse(out) as {
    readonly findings: readonly {
      readonly policy: string;
      readonly status: string;
      readonly environment?: string;
      readonly location: { readonly path: string };
    }[];
    readonly problems: readonly { readonly path?: string; readonly line?: number; readonly message: string }[];
  };
  return [
    ...report.findings.map(({ policy, status, environment, location }) =>
      [policy, status, environment, location.path].filter((one) => one !== undefined).join(" "),
    ),
    ...report.problems.map(({ path, line, message }) => `problem ${path}:${line} ${message}`),
  ];
}

test("an environment is judged by the policies that it contains, and no other", async () => {
  const environments =
    "environments: { production: {}, staging: {} }\napply:\n  - { path: prod, as: raw, environment: production }\n  - { path: stage, as: raw, environment: staging }\n";
  const directory = directoryWith({
    "portcullis.yaml": config(environments),
    "prod/policies.yaml": policies,
    "prod/pod.yaml": pod("a"),
    "stage/pod.yaml": pod("a"),
  });
  expect(await findings(directory, [])).toEqual(["owned/pods introduced production prod/pod.yaml"]);
});

test("a change is judged by the policies of its base, also where it deletes them", async () => {
  const directory = directoryWith({
    "portcullis.yaml": config(""),
    "gate/policies.yaml": policies,
    "apps/old.yaml": pod("old"),
  });
  git(directory, "init", "-q", "-b", "main");
  git(directory, "add", ".");
  git(directory, "commit", "-qm", "base");
  write(directory, {
    "gate/policies.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: none }\n",
    "apps/new.yaml": pod("new"),
  });
  git(directory, "add", ".");
  git(directory, "commit", "-qm", "change");
  const told = await findings(directory, ["--base", "HEAD~1"]);
  expect(told).toContain("owned/pods introduced apps/new.yaml");
  expect(told).toContain("owned/pods existing apps/old.yaml");
});

test("what is wrong with a policy is a problem at its line", async () => {
  const wrong = policies.replace("labels.owner", "labels.owner; unknown(x)");
  const directory = directoryWith({
    "portcullis.yaml": config(""),
    "gate/policies.yaml": wrong,
    "apps/pod.yaml": pod("a"),
  });
  const told = await findings(directory, []);
  expect(told.filter((one) => one.startsWith("problem gate/policies.yaml:"))).not.toEqual([]);
});

const admission = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: limited }
spec:
  paramKind: { apiVersion: v1, kind: ConfigMap }
  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], resources: [pods], operations: [CREATE] }] }
  validations: [{ expression: "object.metadata.name.size() <= int(params.data.longest)", message: too long }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: limited }
spec:
  policyName: limited
  validationActions: [Warn]
  paramRef: { name: limits, namespace: gate, parameterNotFoundAction: Deny }
  matchResources: { namespaceSelector: { matchLabels: { limited: "yes" } } }
`;
const limits =
  "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: limits, namespace: gate }\ndata: { longest: '3' }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { limited: 'yes' } }\n";

test("admission policies of an environment hold with its parameters and Namespaces", async () => {
  const directory = directoryWith({
    "portcullis.yaml": config(""),
    "gate/policy.yaml": admission,
    "gate/limits.yaml": limits,
    "apps/pod.yaml": pod("short, namespace: shop"),
    "apps/other.yaml": pod("long-elsewhere, namespace: other"),
    "apps/fits.yaml": pod("fit, namespace: shop"),
  });
  expect(await findings(directory, [])).toEqual([
    "validatingadmissionpolicy/limited introduced apps/pod.yaml",
    // Namespaces that the repository does not contain are not known by their labels.
    "policies/gap introduced gate/policy.yaml",
  ]);
});

test("an admission policy that does not compile is a problem at its object", async () => {
  const directory = directoryWith({
    "portcullis.yaml": config(""),
    "gate/policy.yaml": admission.replace("object.metadata.name.size()", "object.metadata.name.size("),
    "apps/pod.yaml": pod("a"),
  });
  expect(await findings(directory, [])).toEqual([expect.stringContaining("problem gate/policy.yaml:2 ")]);
});
