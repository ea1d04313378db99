# METADATA
# title: What Flux fetches is signed
# description: >-
#   Without verify, Flux applies what a registry or a repository holds, whoever put it there.
#    Name the provider and the key or the identity that signs.
# related_resources:
# - ref: https://fluxcd.io/flux/components/source/ocirepositories/#verification
# custom:
#   severity: low
#   level: info
#   controls:
#   - flux/supply-chain
#   - SLSA/provenance
package portcullis.flux.verify

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	startswith(input.apiVersion, "source.toolkit.fluxcd.io/")
	input.kind in {"OCIRepository", "GitRepository"}
	not is_excluded
	not input.spec.verify
	message := sprintf("%s %q is applied without a signature", [input.kind, kubernetes.name])
}

# The repository that Flux was bootstrapped from.
is_excluded if {
	input.metadata.name == "flux-system"
	input.metadata.namespace == "flux-system"
}
