# METADATA
# title: Pods mount no token that they do not need
# description: >-
#   Unless it is switched off, each pod gets a token for the API server, even if it names no ServiceAccount that it
#   needs one for. Set `automountServiceAccountToken: false` on the pod.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.1.6
#   - NSA/service-account-token
#   fix:
#     in: pod
#     set:
#       /automountServiceAccountToken: false
package portcullis.pods.service_account_token

import rego.v1

import data.portcullis.lib.kubernetes

# A pod that names a ServiceAccount of its own is taken to use it.
deny contains "the pod mounts the token of the default ServiceAccount: automountServiceAccountToken is not false" if {
	some pod in kubernetes.pod_specs
	count(pod.containers) > 0
	not names_account(pod)
	object.get(pod, "automountServiceAccountToken", true) != false
}

names_account(pod) if {
	some field in ["serviceAccountName", "serviceAccount"]
	name := pod[field]
	not name in {"", "default"}
}
