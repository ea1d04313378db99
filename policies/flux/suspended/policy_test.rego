package portcullis.flux.suspended_test

import rego.v1

import data.portcullis.flux.suspended

object_of(api_version, suspend) := {"apiVersion": api_version, "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": {"suspend": suspend}}

test_suspended_objects_are_denied if {
	every api_version in ["kustomize.toolkit.fluxcd.io/v1", "helm.toolkit.fluxcd.io/v2", "source.toolkit.fluxcd.io/v1", "fluxcd.controlplane.io/v1"] {
		suspended.deny == {"HelmRelease \"web\" is suspended"} with input as object_of(api_version, true)
	}
}

test_others_are_accepted if {
	count(suspended.deny) == 0 with input as object_of("kustomize.toolkit.fluxcd.io/v1", false)
	count(suspended.deny) == 0 with input as object_of("batch/v1", true)
	count(suspended.deny) == 0 with input as object_of("example.com/kustomize.toolkit.fluxcd.io/v1", true)
}
