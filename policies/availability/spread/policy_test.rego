package portcullis.availability.spread_test

import rego.v1

import data.portcullis.availability.spread

workload(kind, replicas, pod) := {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": {"replicas": replicas, "template": {"spec": pod}}}

test_pods_that_may_run_together_are_reported if {
	every kind in ["Deployment", "StatefulSet", "Rollout"] {
		spread.deny == {sprintf("the pods of %s \"web\" may all run on one node", [kind])} with input as workload(kind, 2, {"affinity": {"nodeAffinity": {}}})
	}
}

test_spread_pods_are_accepted if {
	count(spread.deny) == 0 with input as workload("Deployment", 2, {"topologySpreadConstraints": [{}]})
	count(spread.deny) == 0 with input as workload("Deployment", 2, {"affinity": {"podAntiAffinity": {}}})
	count(spread.deny) == 0 with input as workload("Deployment", 1, {"containers": []})
	count(spread.deny) == 0 with input as workload("DaemonSet", 2, {"containers": []})
}
