package portcullis.flux.cross_namespace_test

import rego.v1

import data.portcullis.flux.cross_namespace

object_of(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web", "namespace": "team-a"}, "spec": spec}

test_sources_of_others_are_denied if {
	every spec in [{"sourceRef": {"namespace": "team-b"}}, {"chartRef": {"namespace": "team-b"}}] {
		cross_namespace.deny == {"HelmRelease \"web\" uses a source of the namespace \"team-b\""} with input as object_of(spec)
	}
	cross_namespace.deny == {"HelmRelease \"web\" uses a chart of the namespace \"team-b\""} with input as object_of({"chart": {"spec": {"sourceRef": {"namespace": "team-b"}}}})
}

test_own_sources_are_accepted if {
	every spec in [{}, {"sourceRef": {"namespace": "team-a"}}, {"chartRef": {"name": "web"}}, {"chart": {"spec": {"sourceRef": {"namespace": "team-a"}}}}] {
		count(cross_namespace.deny) == 0 with input as object_of(spec)
	}
}

test_other_groups_are_not_judged if {
	count(cross_namespace.deny) == 0 with input as object.union(object_of({"sourceRef": {"namespace": "team-b"}}), {"apiVersion": "example.com/v1"})
	count(cross_namespace.deny) == 0 with input as object.union(object_of({"sourceRef": {"namespace": "team-b"}}), {"apiVersion": "x/helm.toolkit.fluxcd.io/v1"})
}
