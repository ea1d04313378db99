# METADATA
# title: Pods of a workload run on different nodes
# description: >-
#   Without topologySpreadConstraints or anti-affinity, all pods may run on one node and go down with it.
#    Spread them over hosts and zones.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
# custom:
#   severity: low
#   level: info
#   controls:
#   - reliability/spread
package portcullis.availability.spread

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"Deployment", "StatefulSet", "Rollout"}
	input.spec.replicas >= 2
	not kubernetes.pod_spec.topologySpreadConstraints
	not kubernetes.pod_spec.affinity.podAntiAffinity
	message := sprintf("the pods of %s %q may all run on one node", [input.kind, kubernetes.name])
}
