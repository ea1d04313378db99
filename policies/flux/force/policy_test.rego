package portcullis.flux.force_test

import rego.v1

import data.portcullis.flux.force

kustomization(spec) := {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": {"name": "apps"}, "spec": spec}

release(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": spec}

test_force_is_denied if {
	force.deny == {"Kustomization \"apps\" replaces objects that it cannot change"} with input as kustomization({"force": true})
	force.deny == {"HelmRelease \"web\" replaces objects that it cannot change during upgrade"} with input as release({"upgrade": {"force": true}})
	force.deny == {"HelmRelease \"web\" replaces objects that it cannot change during rollback"} with input as release({"rollback": {"force": true}})
}

test_no_force_is_accepted if {
	count(force.deny) == 0 with input as kustomization({"force": false})
	count(force.deny) == 0 with input as release({"upgrade": {"force": false}, "install": {"force": true}})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "kustomize.config.k8s.io/v1beta1"}, {"kind": "Other"}] {
		count(force.deny) == 0 with input as object.union(kustomization({"force": true}), other)
		count(force.deny) == 0 with input as object.union(release({"upgrade": {"force": true}}), other)
	}
}
