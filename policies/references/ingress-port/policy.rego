# METADATA
# title: Ingresses lead to ports that Services have
# description: >-
#   An Ingress names a port that its Service does not have. Its users get an error.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.ingress_port

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.apiVersion == "networking.k8s.io/v1"
	input.kind == "Ingress"
	not input.metadata.name in several_ingresses
	some rule in input.spec.rules
	some path in rule.http.paths
	service := others.services[path.backend.service.name]
	not path.backend.service.name in several_services
	not has_port(service, path.backend.service.port)
	message := sprintf("Ingress %q leads to a port that Service %q does not have", [kubernetes.name, path.backend.service.name])
}

several_ingresses contains name if some name, _ in data.portcullis.inventory.several.namespace[others.namespace]["networking.k8s.io/v1"].Ingress

several_services contains name if some name, _ in data.portcullis.inventory.several.namespace[others.namespace].v1.Service

has_port(service, port) if {
	some one in service.spec.ports
	one.port == port.number
}

has_port(service, port) if {
	some one in service.spec.ports
	one.name == port.name
}

# A Service that names another host needs no ports.
has_port(service, _) if service.spec.type == "ExternalName"

# What a controller reads instead: an action of the load balancer of AWS.
has_port(_, port) if port.name == "use-annotation"
