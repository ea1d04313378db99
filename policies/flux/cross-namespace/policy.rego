# METADATA
# title: Tenants use sources of their own namespace
# description: >-
#   A reference to a source in another namespace uses what its owners did not offer, with their credentials.
#    Copy the source into the namespace.
# related_resources:
# - ref: https://fluxcd.io/flux/installation/configuration/multitenancy/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - flux/least-privilege
package portcullis.flux.cross_namespace

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	of_flux
	some field in ["sourceRef", "chartRef"]
	namespace := input.spec[field].namespace
	not namespace == input.metadata.namespace
	message := sprintf("%s %q uses a source of the namespace %q", [input.kind, kubernetes.name, namespace])
}

deny contains message if {
	of_flux
	namespace := input.spec.chart.spec.sourceRef.namespace
	not namespace == input.metadata.namespace
	message := sprintf("%s %q uses a chart of the namespace %q", [input.kind, kubernetes.name, namespace])
}

of_flux if regex.match(`^[a-z]+\.toolkit\.fluxcd\.io/`, input.apiVersion)
