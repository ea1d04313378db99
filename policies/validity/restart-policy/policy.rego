# METADATA
# title: Workloads have the restart policy that their kind requires
# description: >-
#   The API server refuses a Job or CronJob whose pods restart always, and any other workload whose pods do not.
#    Set restartPolicy to OnFailure or Never in Jobs, and leave it out elsewhere.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-template
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.restart_policy

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	is_job
	not kubernetes.pod_spec.restartPolicy
	message := sprintf("the pods of %s %q have no restartPolicy, which means Always; a Job needs OnFailure or Never", [input.kind, kubernetes.name])
}

deny contains message if {
	is_job
	kubernetes.pod_spec.restartPolicy == "Always"
	message := sprintf("the pods of %s %q have restartPolicy Always; a Job needs OnFailure or Never", [input.kind, kubernetes.name])
}

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"}
	input.apiVersion in {"apps/v1", "v1"}
	kubernetes.pod_spec.restartPolicy != "Always"
	message := sprintf("the pods of %s %q have restartPolicy %s; this kind needs Always", [input.kind, kubernetes.name, kubernetes.pod_spec.restartPolicy])
}

is_job if {
	input.kind in {"Job", "CronJob"}
	startswith(input.apiVersion, "batch/")
}
