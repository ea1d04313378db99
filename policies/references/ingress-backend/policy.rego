# METADATA
# title: Ingresses lead to Services that exist
# description: >-
#   An Ingress names a Service that its namespace does not have. Its users get an error.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.ingress_backend

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.apiVersion == "networking.k8s.io/v1"
	input.kind == "Ingress"
	others.known
	count(others.services) > 0
	some backend in backends
	name := backend.service.name
	not name in object.keys(others.services)
	not others.is_made(name)
	message := sprintf("Ingress %q leads to Service %q, which does not exist", [kubernetes.name, name])
}

backends contains input.spec.defaultBackend

backends contains path.backend if {
	some rule in input.spec.rules
	some path in rule.http.paths
	not is_exempt(path.backend)
}

# What a controller reads instead: an action of the load balancer of AWS.
is_exempt(backend) if backend.service.port.name == "use-annotation"
