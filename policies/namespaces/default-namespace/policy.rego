# METADATA
# title: Nothing runs in the default namespace
# description: >-
#   The namespace default has no owner, and quotas, policies and rights of its own are seldom made for it.
#    Give each application a namespace.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.7.4
package portcullis.namespaces.default_namespace

import rego.v1

import data.portcullis.lib.kubernetes

deny contains result if {
	input.metadata.namespace == "default"
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Job", "CronJob", "Rollout", "Service", "Ingress", "ConfigMap", "Secret"}
	not is_exempt
	result := {
		"msg": sprintf("%s %q is in the namespace default", [input.kind, kubernetes.name]),
		"details": {"path": "/metadata/namespace"},
	}
}

# The Service of the API server itself.
is_exempt if {
	input.kind == "Service"
	input.metadata.name == "kubernetes"
}
