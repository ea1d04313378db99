package portcullis.validity.rolling_update_test

import rego.v1

import data.portcullis.validity.rolling_update

deployment(update) := {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"strategy": {"rollingUpdate": update}}}

daemon_set(update) := {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "agent"}, "spec": {"updateStrategy": {"rollingUpdate": update}}}

test_zero_and_zero_is_denied if {
	rolling_update.deny == {"Deployment \"web\" has zero for both maxSurge and maxUnavailable"} with input as deployment({"maxSurge": 0, "maxUnavailable": "0%"})
	rolling_update.deny == {"DaemonSet \"agent\" has zero for both maxSurge and maxUnavailable"} with input as daemon_set({"maxSurge": "0%", "maxUnavailable": 0})
	count(rolling_update.deny) == 1 with input as daemon_set({"maxUnavailable": 0})
}

test_one_of_them_is_enough if {
	count(rolling_update.deny) == 0 with input as deployment({"maxSurge": 1, "maxUnavailable": 0})
	count(rolling_update.deny) == 0 with input as deployment({"maxSurge": 0, "maxUnavailable": "25%"})
	count(rolling_update.deny) == 0 with input as daemon_set({"maxSurge": 1, "maxUnavailable": 0})
	count(rolling_update.deny) == 0 with input as daemon_set({"maxUnavailable": 1})
}

test_the_defaults_of_a_deployment_make_progress if {
	count(rolling_update.deny) == 0 with input as deployment({"maxUnavailable": 0})
}

test_other_groups_are_not_judged if {
	count(rolling_update.deny) == 0 with input as object.union(deployment({"maxSurge": 0, "maxUnavailable": 0}), {"apiVersion": "example.com/v1"})
	count(rolling_update.deny) == 0 with input as object.union(daemon_set({"maxUnavailable": 0}), {"apiVersion": "example.com/v1"})
}
