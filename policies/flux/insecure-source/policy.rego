# METADATA
# title: Sources are fetched over encrypted connections
# description: >-
#   What Flux fetches over plain HTTP, or without verifying the server, anyone on the way can replace.
#    Use https or ssh.
# related_resources:
# - ref: https://fluxcd.io/flux/components/source/helmrepositories/#url
# custom:
#   severity: high
#   controls:
#   - flux/supply-chain
#   - SLSA/source
package portcullis.flux.insecure_source

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	source
	some scheme in ["http://", "git://"]
	not is_excluded_host
	startswith(input.spec.url, scheme)
	message := sprintf("%s %q is fetched over %s", [input.kind, kubernetes.name, scheme])
}

deny contains message if {
	source
	not is_excluded_host
	input.spec.insecure == true
	message := sprintf("%s %q is fetched without encryption", [input.kind, kubernetes.name])
}

source if {
	startswith(input.apiVersion, "source.toolkit.fluxcd.io/")
	input.kind in {"GitRepository", "HelmRepository", "OCIRepository", "Bucket"}
}

is_excluded_host if {
	some field in ["url", "endpoint"]
	regex.match(`^([a-z]+://)?([^/@]*@)?([a-z0-9.-]+\.svc(\.[a-z0-9.-]+)?|localhost|127\.0\.0\.1)(:[0-9]+)?(/|$)`, input.spec[field])
}
