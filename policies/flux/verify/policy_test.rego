package portcullis.flux.verify_test

import rego.v1

import data.portcullis.flux.verify

source(kind, spec) := {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "metadata": {"name": "apps", "namespace": "flux-system"}, "spec": spec}

test_unsigned_sources_are_reported if {
	every kind in ["OCIRepository", "GitRepository"] {
		verify.deny == {sprintf("%s \"apps\" is applied without a signature", [kind])} with input as source(kind, {})
		count(verify.deny) == 0 with input as source(kind, {"verify": {"provider": "cosign"}})
	}
}

test_the_repository_of_flux_itself_is_accepted if {
	own := object.union(source("GitRepository", {}), {"metadata": {"name": "flux-system"}})
	count(verify.deny) == 0 with input as own
	count(verify.deny) == 1 with input as object.union(own, {"metadata": {"namespace": "team-a"}})
}

test_other_kinds_are_not_judged if {
	count(verify.deny) == 0 with input as source("Bucket", {})
	count(verify.deny) == 0 with input as object.union(source("GitRepository", {}), {"apiVersion": "example.com/v1"})
}
