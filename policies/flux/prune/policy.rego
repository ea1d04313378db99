# METADATA
# title: Flux removes what leaves the repository
# description: >-
#   Without `prune: true` an object that was deleted from Git keeps running in the cluster.
#   Set `prune: true`.
# related_resources:
# - ref: https://fluxcd.io/flux/components/kustomize/kustomizations/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - flux/drift
#   fix:
#     in: object
#     set:
#       /spec/prune: true
package portcullis.flux.prune

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	startswith(input.apiVersion, "kustomize.toolkit.fluxcd.io/")
	input.kind == "Kustomization"
	not input.spec.prune
	message := sprintf("Kustomization %q leaves deleted objects running: prune is not true", [kubernetes.name])
}
