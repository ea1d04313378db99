# METADATA
# title: Pods do not share the namespaces of their node
# description: >-
#   `hostNetwork`, `hostPID` and `hostIPC` let a pod see and reach what runs on its node.
#   Remove them.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/host-namespaces
#   - CIS-Kubernetes/5.2.3
#   - CIS-Kubernetes/5.2.4
#   - CIS-Kubernetes/5.2.5
#   - NSA/pod-security
package portcullis.pods.host_namespaces

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	some pod in kubernetes.pod_specs
	pod[field] == true
	message := sprintf("the pod shares its node's namespace: %s is true", [field])
}
