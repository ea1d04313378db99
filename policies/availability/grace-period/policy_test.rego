package portcullis.availability.grace_period_test

import rego.v1

import data.portcullis.availability.grace_period

pod(spec, seconds) := {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": object.union({"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {"seconds": seconds}}}}]}, spec)}

test_no_time_is_denied if {
	grace_period.deny == {"the pods of Pod \"web\" are killed without time to stop"} with input as pod({"terminationGracePeriodSeconds": 0}, 5)
}

test_a_hook_that_takes_all_of_it_is_denied if {
	grace_period.deny == {"the preStop hook of container \"web\" sleeps for all of its grace period of 30 seconds"} with input as pod({}, 30)
	count(grace_period.deny) == 1 with input as pod({"terminationGracePeriodSeconds": 10}, 15)
}

test_time_to_stop_is_accepted if {
	count(grace_period.deny) == 0 with input as pod({}, 29)
	count(grace_period.deny) == 0 with input as pod({"terminationGracePeriodSeconds": 60}, 30)
	count(grace_period.deny) == 0 with input as {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}
