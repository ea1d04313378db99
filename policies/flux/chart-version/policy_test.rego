package portcullis.flux.chart_version_test

import rego.v1

import data.portcullis.flux.chart_version

release(chart) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "redis"}, "spec": {"chart": {"spec": object.union({"chart": "redis"}, chart)}}}

test_no_version_is_denied if {
	count(chart_version.deny) == 1 with input as release({})
}

test_ranges_are_denied if {
	every version in ["*", "1.x", ">=1.0.0", "^1.2.0", "~1.2.0", "1.0.0 - 2.0.0", "1.0.0 || 2.0.0"] {
		count(chart_version.deny) == 1 with input as release({"version": version})
	}
}

test_one_version_is_accepted if {
	every version in ["1.2.3", "v1.2.3-rc.1", "1.2.3+build.5"] {
		count(chart_version.deny) == 0 with input as release({"version": version})
	}
}

test_a_release_by_chart_reference_has_its_version_elsewhere if {
	count(chart_version.deny) == 0 with input as {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "redis"}, "spec": {"chartRef": {"kind": "OCIRepository", "name": "redis"}}}
}

test_a_chart_in_a_directory_has_the_version_of_its_commit if {
	every kind in ["GitRepository", "Bucket"] {
		every version in [{}, {"version": "*"}] {
			count(chart_version.deny) == 0 with input as release(object.union(version, {"sourceRef": {"kind": kind, "name": "fleet"}}))
		}
	}
}

test_a_chart_of_a_repository_is_not_in_a_directory if {
	count(chart_version.deny) == 1 with input as release({"sourceRef": {"kind": "HelmRepository", "name": "charts"}})
}
