import { directoryWith, git, write } from "../cli/run-portcullis.ts";

const deployment = (name: string, labels = "app: web"): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels: { ${labels} }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: registry.example.com/web:1.4.2 }] }
`;

const overlay = (base: string): string => `resources: [${base}]\nnameSuffix: -production\n`;

const policy = `# METADATA
# title: Workloads name the team that owns them
# custom:
#   id: workloads/owner
package workloads.owner

deny contains message if {
	input.kind == "Deployment"
	not input.metadata.labels.team
	message := sprintf("%s has no label team", [input.metadata.name])
}
`;

const policyTest = `package workloads.owner_test

import data.workloads.owner

test_a_label_is_asked_for if count(owner.deny) == 1 with input as {"kind": "Deployment", "metadata": {"name": "a", "labels": {}}}
`;

const admission = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: replicas }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
  validations:
    - expression: "!has(object.spec.replicas) || object.spec.replicas <= 5"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: replicas }
spec: { policyName: replicas, validationActions: [Deny] }
`;

/** A check in the shape of Trivy's. */
const trivyCheck = `# METADATA
# title: More than one replica
# custom:
#   id: KSV-9001
#   short_code: more-than-one-replica
#   input:
#     selector:
#       - type: kubernetes
package builtin.kubernetes.KSV9001

import data.lib.kubernetes

deny contains res if {
	kubernetes.kind == "Deployment"
	input.spec.replicas == 1
	res := result.new("one replica", input.spec)
}
`;

/** A Git repository in which the paths and branches exist that documents use in their commands. */
export function documentedRepository(): string {
  const directory = directoryWith({
    "admission/replicas.yaml": admission,
    // Its labels are on line 12, as in the examples.
    "apps/web.yaml": `${"# Owned by nobody yet.\n".repeat(7)}${deployment("web")}`,
    "checks/kubernetes/replicas.rego": trivyCheck,
    "data/organisation.yaml": "teams: [search]\n",
    "deploy/base/kustomization.yaml": "resources: [web.yaml]\n",
    "deploy/base/web.yaml": deployment("shop"),
    "deploy/overlays/production/kustomization.yaml": overlay("../../base"),
    "lib/cloud/metadata.rego": "package lib.cloud.metadata\n\nnames := []\n",
    "lib/kubernetes/kubernetes.rego": "package lib.kubernetes\n\nkind := input.kind\n",
    "lib/test/test.rego": "package lib.test\n\nsome_object := {}\n",
    "overlays/production/kustomization.yaml": overlay("../../deploy/base"),
    "policies/workloads/owner/policy.rego": policy,
    "policies/workloads/owner/policy_test.rego": policyTest,
    "policies/workloads/owner/fixtures/accepted-team.yaml": deployment("web", "team: search"),
    "policy/replicas.rego":
      'package main\n\nwarn contains "one replica" if object.get(input, ["spec", "replicas"], 1) < 2\n',
    "portcullis.yaml": "version: 1\npolicies: [policies]\nmanifests: { include: [apps/**, deploy/**, overlays/**] }\n",
  });
  git(directory, "init", "-q", "-b", "main");
  git(directory, "add", ".");
  git(directory, "commit", "-qm", "Start");
  git(directory, "update-ref", "refs/remotes/origin/main", "HEAD");
  git(directory, "checkout", "-qb", "change");
  write(directory, { "apps/api.yaml": deployment("api") });
  git(directory, "add", ".");
  git(directory, "commit", "-qm", "Add api");
  return directory;
}
