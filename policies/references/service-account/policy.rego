# METADATA
# title: Pods use ServiceAccounts that exist
# description: >-
#   A workload names a ServiceAccount that its namespace does not have. Its pods are not created.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.service_account

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Rollout", "Job", "CronJob", "Pod"}
	others.known
	accounts := object.keys(data.portcullis.inventory.namespace[others.namespace].v1.ServiceAccount)
	name := kubernetes.pod_spec.serviceAccountName
	not name in (accounts | {"default", ""})
	not others.is_made(name)
	message := sprintf("%s %q uses ServiceAccount %q, which does not exist", [input.kind, kubernetes.name, name])
}
