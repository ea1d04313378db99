package portcullis.flux.interval_test

import rego.v1

import data.portcullis.flux.interval

object_of(spec) := {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "GitRepository", "metadata": {"name": "apps"}, "spec": spec}

test_a_short_interval_is_denied if {
	interval.deny == {"GitRepository \"apps\" has the interval 10s"} with input as object_of({"interval": "10s"})
	interval.deny == {"GitRepository \"apps\" has the retryInterval 29.5s"} with input as object_of({"interval": "1h", "retryInterval": "29.5s"})
}

test_longer_intervals_are_accepted if {
	count(interval.deny) == 0 with input as object_of({"interval": "30s", "retryInterval": "1m0s"})
	count(interval.deny) == 0 with input as object_of({"interval": "${INTERVAL}"})
}

test_other_groups_are_not_judged if {
	count(interval.deny) == 0 with input as object.union(object_of({"interval": "1s"}), {"apiVersion": "monitoring.coreos.com/v1"})
	count(interval.deny) == 0 with input as object.union(object_of({"interval": "1s"}), {"apiVersion": "x/source.toolkit.fluxcd.io/v1"})
}
