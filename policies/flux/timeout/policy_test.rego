package portcullis.flux.timeout_test

import rego.v1

import data.portcullis.flux.timeout

kustomization(spec) := {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "apps"}, "spec": spec}

test_waiting_without_an_end_is_reported if {
	every spec in [{"wait": true}, {"healthChecks": [{"kind": "Deployment", "name": "web"}]}] {
		timeout.deny == {"Kustomization \"apps\" waits for its objects without a timeout"} with input as kustomization(spec)
		count(timeout.deny) == 0 with input as kustomization(object.union(spec, {"timeout": "5m"}))
	}
}

test_what_does_not_wait_needs_none if {
	count(timeout.deny) == 0 with input as kustomization({"wait": false, "healthChecks": []})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "kustomize.config.k8s.io/v1"}, {"kind": "Other"}] {
		count(timeout.deny) == 0 with input as object.union(kustomization({"wait": true}), other)
	}
}
