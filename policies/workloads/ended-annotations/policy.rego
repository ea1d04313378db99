# METADATA
# title: Annotations are still read
# description: >-
#   Kubernetes no longer reads these annotations. Use the fields that replaced them.
# related_resources:
# - ref: https://kubernetes.io/docs/reference/labels-annotations-taints/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/deprecation
package portcullis.workloads.ended_annotations

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"}
	some annotations in places
	some key, _ in annotations
	some beginning, instead in ended
	startswith(key, beginning)
	message := sprintf("the annotation %s of %s %q is no longer read; use %s", [key, input.kind, kubernetes.name, instead])
}

places contains input.metadata.annotations

places contains input.spec.template.metadata.annotations

places contains input.spec.jobTemplate.spec.template.metadata.annotations

ended := {
	"seccomp.security.alpha.kubernetes.io/": "securityContext.seccompProfile",
	"container.seccomp.security.alpha.kubernetes.io/": "securityContext.seccompProfile",
	"security.alpha.kubernetes.io/": "securityContext.sysctls",
	"scheduler.alpha.kubernetes.io/critical-pod": "priorityClassName",
}
