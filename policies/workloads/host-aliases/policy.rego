# METADATA
# title: Names are resolved by DNS
# description: >-
#   hostAliases writes addresses into /etc/hosts of a pod, past DNS. Nothing updates them when they change.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - reliability/network
package portcullis.workloads.host_aliases

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some pod in kubernetes.pod_specs
	count(pod.hostAliases) > 0
	message := sprintf("the pods of %s %q have addresses of their own for names", [input.kind, kubernetes.name])
}
