package portcullis.availability.same_probes_test

import rego.v1

import data.portcullis.availability.same_probes

pod(liveness, readiness) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "livenessProbe": liveness, "readinessProbe": readiness}]}}

probe := {"httpGet": {"path": "/", "port": 80}}

test_equal_probes_are_denied if {
	same_probes.deny == {"liveness and readiness of container \"web\" are the same"} with input as pod(probe, probe)
}

test_different_probes_are_accepted if {
	count(same_probes.deny) == 0 with input as pod(object.union(probe, {"failureThreshold": 6}), probe)
	count(same_probes.deny) == 0 with input as {"kind": "Pod", "spec": {"containers": [{"name": "web"}]}}
}
