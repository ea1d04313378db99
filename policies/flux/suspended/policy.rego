# METADATA
# title: Nothing stays suspended
# description: >-
#   A suspended object of Flux does not follow Git: what is merged is not applied until someone resumes it.
#    Resume it, or remove it.
# related_resources:
# - ref: https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend
# custom:
#   severity: low
#   level: warn
#   controls:
#   - flux/drift
package portcullis.flux.suspended

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	regex.match(`^[a-z]+\.(toolkit\.fluxcd\.io|controlplane\.io)/`, input.apiVersion)
	input.spec.suspend == true
	message := sprintf("%s %q is suspended", [input.kind, kubernetes.name])
}
