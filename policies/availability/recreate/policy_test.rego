package portcullis.availability.recreate_test

import rego.v1

import data.portcullis.availability.recreate

deployment(count_, type) := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": count_, "strategy": {"type": type}}}

test_several_pods_that_stop_together_are_denied if {
	recreate.deny == {"Deployment \"web\" stops all of its 3 pods at every release"} with input as deployment(3, "Recreate")
}

test_others_are_accepted if {
	count(recreate.deny) == 0 with input as deployment(1, "Recreate")
	count(recreate.deny) == 0 with input as deployment(3, "RollingUpdate")
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "Rollout"}] {
		count(recreate.deny) == 0 with input as object.union(deployment(3, "Recreate"), other)
	}
}
