# METADATA
# title: Waiting has an end
# description: >-
#   A Kustomization that waits for its objects, without a timeout, waits for as long as its interval, and nothing
#   after it is applied.
#    Set a timeout.
# related_resources:
# - ref: https://fluxcd.io/flux/components/kustomize/kustomizations/#timeout
# custom:
#   severity: low
#   level: info
#   controls:
#   - flux/reliability
package portcullis.flux.timeout

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Kustomization"
	startswith(input.apiVersion, "kustomize.toolkit.fluxcd.io/")
	waits
	not input.spec.timeout
	message := sprintf("Kustomization %q waits for its objects without a timeout", [kubernetes.name])
}

waits if input.spec.wait == true

waits if count(input.spec.healthChecks) > 0
