package portcullis.availability.replicas_test

import rego.v1

import data.portcullis.availability.replicas

workload(kind, spec) := {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}

test_one_pod_is_denied if {
	every kind in ["Deployment", "Rollout"] {
		replicas.deny == {sprintf("%s \"web\" runs one pod", [kind])} with input as workload(kind, {})
		count(replicas.deny) == 1 with input as workload(kind, {"replicas": 1, "strategy": {"type": "RollingUpdate"}})
	}
}

test_more_none_and_single_ones_are_accepted if {
	every spec in [{"replicas": 2}, {"replicas": 0}, {"strategy": {"type": "Recreate"}}] {
		count(replicas.deny) == 0 with input as workload("Deployment", spec)
	}
	count(replicas.deny) == 0 with input as workload("StatefulSet", {})
}
