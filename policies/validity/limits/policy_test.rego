package portcullis.validity.limits_test

import rego.v1

import data.portcullis.validity.limits

pod(requests, most) := {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web", "resources": {"requests": requests, "limits": most}}]}}

test_a_request_above_its_limit_is_denied if {
	limits.deny == {"container \"web\" requests memory 1Gi, which is above its limit of 512Mi"} with input as pod({"memory": "1Gi"}, {"memory": "512Mi"})
	count(limits.deny) == 1 with input as pod({"cpu": 2}, {"cpu": "1500m"})
	count(limits.deny) == 1 with input as pod({"cpu": "200m"}, {"cpu": 0.1})
}

test_a_request_up_to_its_limit_is_accepted if {
	count(limits.deny) == 0 with input as pod({"cpu": "500m", "memory": "1Gi"}, {"cpu": 0.5, "memory": "1024Mi"})
}

test_what_has_only_one_of_them_is_accepted if {
	count(limits.deny) == 0 with input as pod({"memory": "1Gi"}, {"cpu": "1"})
}
