package portcullis.validity.autoscaler_test

import rego.v1

import data.portcullis.validity.autoscaler

scaler(kind, least, most) := {"apiVersion": "autoscaling/v2", "kind": kind, "metadata": {"name": "web"}, "spec": {"minReplicas": least, "maxReplicas": most}}

test_a_range_without_a_number_is_denied if {
	autoscaler.deny == {"HorizontalPodAutoscaler \"web\" has at least 3 and at most 2 replicas"} with input as scaler("HorizontalPodAutoscaler", 3, 2)
}

test_a_range_is_accepted if {
	count(autoscaler.deny) == 0 with input as scaler("HorizontalPodAutoscaler", 2, 2)
	count(autoscaler.deny) == 0 with input as scaler("HorizontalPodAutoscaler", 2, 5)
}

test_other_kinds_are_not_judged if {
	count(autoscaler.deny) == 0 with input as scaler("ScaledObject", 3, 2)
}
