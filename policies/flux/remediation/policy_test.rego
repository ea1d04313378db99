package portcullis.flux.remediation_test

import rego.v1

import data.portcullis.flux.remediation

release(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": spec}

retries := {"remediation": {"retries": 3}}

strategy := {"strategy": {"name": "RetryOnFailure"}}

test_what_is_not_tried_again_is_one_finding if {
	remediation.deny == {"HelmRelease \"web\" is not tried again after a failed install or upgrade"} with input as release({})
	remediation.deny == {"HelmRelease \"web\" is not tried again after a failed upgrade"} with input as release({"install": retries})
	remediation.deny == {"HelmRelease \"web\" is not tried again after a failed install"} with input as release({"upgrade": strategy, "install": {"remediation": {"retries": 0}}})
}

test_retries_and_strategies_are_accepted if {
	count(remediation.deny) == 0 with input as release({"install": retries, "upgrade": strategy})
	count(remediation.deny) == 0 with input as release({"install": strategy, "upgrade": {"remediation": {"retries": -1}}})
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "helm.cattle.io/v1"}, {"kind": "HelmChart"}] {
		count(remediation.deny) == 0 with input as object.union(release({}), other)
	}
}
