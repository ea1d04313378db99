package portcullis.flux.drift_detection_test

import rego.v1

import data.portcullis.flux.drift_detection

release(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": spec}

test_a_release_that_notices_nothing_is_reported if {
	every spec in [{}, {"driftDetection": {"mode": "disabled"}}] {
		drift_detection.deny == {"HelmRelease \"web\" does not notice changes in the cluster"} with input as release(spec)
	}
}

test_a_release_that_notices_is_accepted if {
	every mode in ["enabled", "warn"] {
		count(drift_detection.deny) == 0 with input as release({"driftDetection": {"mode": mode}})
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "helm.cattle.io/v1"}, {"kind": "HelmChart"}] {
		count(drift_detection.deny) == 0 with input as object.union(release({}), other)
	}
}
