package portcullis.flux.prune_test

import rego.v1

import data.portcullis.flux.prune

kustomization(spec) := {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "apps"}, "spec": spec}

test_absent_and_false_are_denied if {
	count(prune.deny) == 1 with input as kustomization({"path": "./apps"})
	count(prune.deny) == 1 with input as kustomization({"prune": false})
}

test_true_is_accepted if {
	count(prune.deny) == 0 with input as kustomization({"prune": true})
}

test_a_kustomization_file_is_no_flux_object if {
	count(prune.deny) == 0 with input as {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
}

test_a_kustomization_of_kustomize_is_no_object_of_flux if {
	count(prune.deny) == 0 with input as {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "metadata": {"name": "web"}, "spec": {"prune": false}}
}
