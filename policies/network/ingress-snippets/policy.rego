# METADATA
# title: Ingresses bring no configuration of nginx
# description: >-
#   Snippets in annotations become configuration of the controller, which serves all namespaces and may read every
#   Secret (CVE-2021-25742).
#    Use the annotation made for the purpose, or a ConfigMap of the controller.
# related_resources:
# - ref: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#server-snippet
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CVE-2021-25742
package portcullis.network.ingress_snippets

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Ingress"
	some key, _ in input.metadata.annotations
	regex.match(`^nginx\.(ingress\.kubernetes\.io|org)/[a-z-]*snippets?$`, key)
	message := sprintf("Ingress %q brings configuration of nginx in %s", [kubernetes.name, key])
}
