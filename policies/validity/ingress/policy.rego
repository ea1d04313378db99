# METADATA
# title: Ingresses name one class, and paths begin with a slash
# description: >-
#   The API server refuses a new Ingress that names its class in the field and in the annotation, and a path of type
#   Prefix or Exact that does not begin with a slash.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.ingress

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	ingress
	input.spec.ingressClassName
	input.metadata.annotations["kubernetes.io/ingress.class"]
	message := sprintf("Ingress %q names its class in ingressClassName and in an annotation", [kubernetes.name])
}

deny contains message if {
	ingress
	some rule in input.spec.rules
	some path in rule.http.paths
	path.pathType in {"Prefix", "Exact"}
	not startswith(object.get(path, "path", ""), "/")
	message := sprintf("a path of Ingress %q does not begin with a slash", [kubernetes.name])
}

ingress if {
	input.kind == "Ingress"
	input.apiVersion == "networking.k8s.io/v1"
}
