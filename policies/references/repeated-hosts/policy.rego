# METADATA
# title: No two Ingresses serve one path
# description: >-
#   Two Ingresses of one class serve the same path of the same host. Which one wins depends on their age and the
#   controller.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/references
package portcullis.references.repeated_hosts

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.others

deny contains message if {
	input.apiVersion == "networking.k8s.io/v1"
	input.kind == "Ingress"
	not is_exempt(input)
	some namespace, groups in data.portcullis.inventory.namespace
	some name, other in groups["networking.k8s.io/v1"].Ingress
	[namespace, name] < [others.namespace, input.metadata.name]
	not is_exempt(other)
	class(other) == class(input)
	some rule in input.spec.rules
	some path in rule.http.paths
	[rule.host, object.get(path, "path", "/")] in served(other)
	message := sprintf("Ingress %q serves %s%s, as Ingress %s/%s does", [kubernetes.name, rule.host, object.get(path, "path", "/"), namespace, name])
}

served(ingress) := {[rule.host, object.get(path, "path", "/")] |
	some rule in ingress.spec.rules
	some path in rule.http.paths
}

class(ingress) := object.get(ingress.spec, "ingressClassName", object.get(ingress.metadata, ["annotations", "kubernetes.io/ingress.class"], ""))

is_exempt(ingress) if ingress.metadata.annotations["nginx.ingress.kubernetes.io/canary"] == "true"
