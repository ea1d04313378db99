# METADATA
# title: Namespaces enforce a Pod Security Standard
# description: >-
#   A Namespace that enforces `privileged` admits every pod.
#   Enforce `baseline` or `restricted`.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-admission/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.2.1
package portcullis.namespaces.pod_security

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Namespace"
	input.metadata.labels["pod-security.kubernetes.io/enforce"] == "privileged"
	message := sprintf("Namespace %q admits every pod: it enforces the standard privileged", [kubernetes.name])
}
