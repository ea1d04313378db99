# METADATA
# title: Services open no port on every node
# description: >-
#   A NodePort can be reached at the address of each node, past the load balancer and whatever protects it.
#    Use ClusterIP behind an Ingress or a Gateway, or a LoadBalancer.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/network-separation
package portcullis.network.node_port

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Service"
	input.spec.type == "NodePort"
	message := sprintf("Service %q opens a port on every node", [kubernetes.name])
}
