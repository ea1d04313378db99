package portcullis.availability.autoscaler_range_test

import rego.v1

import data.portcullis.availability.autoscaler_range

scaler(kind, spec) := {"apiVersion": "autoscaling/v2", "kind": kind, "metadata": {"name": "web"}, "spec": spec}

test_equal_bounds_are_denied if {
	autoscaler_range.deny == {"HorizontalPodAutoscaler \"web\" never scales: it has always 3 replicas"} with input as scaler("HorizontalPodAutoscaler", {"minReplicas": 3, "maxReplicas": 3})
	count(autoscaler_range.deny) == 1 with input as scaler("HorizontalPodAutoscaler", {"maxReplicas": 1})
}

test_a_range_is_accepted if {
	count(autoscaler_range.deny) == 0 with input as scaler("HorizontalPodAutoscaler", {"minReplicas": 2, "maxReplicas": 3})
	count(autoscaler_range.deny) == 0 with input as scaler("HorizontalPodAutoscaler", {"maxReplicas": 3})
	count(autoscaler_range.deny) == 0 with input as scaler("ScaledObject", {"maxReplicas": 1})
}
