# METADATA
# title: Pods are made by a controller
# description: >-
#   A Pod or ReplicaSet by itself is not moved when its node goes away, or never updated.
#    Use a Deployment, a StatefulSet or a Job.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/overview/#naked-pods-vs-replicasets-deployments-and-jobs
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/controllers
package portcullis.availability.single_pods

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion in {"v1", "apps/v1"}
	not is_exempt
	input.kind in {"Pod", "ReplicaSet", "ReplicationController"}
	message := sprintf("%s %q has no controller", [input.kind, kubernetes.name])
}

is_exempt if {
	some key in ["helm.sh/hook", "argocd.argoproj.io/hook", "kubernetes.io/config.mirror"]
	input.metadata.annotations[key]
}

is_exempt if count(input.metadata.ownerReferences) > 0
