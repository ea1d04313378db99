# METADATA
# title: Flux does not replace objects that it cannot change
# description: >-
#   With force, Flux deletes an object with an immutable change and creates it again: pods go down, and claims lose
#   their data.
#    Leave it off, and force one object for one change with the annotation kustomize.toolkit.fluxcd.io/force.
# related_resources:
# - ref: https://fluxcd.io/flux/components/kustomize/kustomizations/#force
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - flux/data-loss
#   fix:
#     in: value
#     set:
#       "": false
package portcullis.flux.force

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Kustomization"
	startswith(input.apiVersion, "kustomize.toolkit.fluxcd.io/")
	input.spec.force == true
	message := sprintf("Kustomization %q replaces objects that it cannot change", [kubernetes.name])
}

deny contains message if {
	input.kind == "HelmRelease"
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/")
	some action in ["upgrade", "rollback"]
	input.spec[action].force == true
	message := sprintf("HelmRelease %q replaces objects that it cannot change during %s", [kubernetes.name, action])
}
