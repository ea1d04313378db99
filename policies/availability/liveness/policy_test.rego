package portcullis.availability.liveness_test

import rego.v1

import data.portcullis.availability.liveness

workload(kind, container) := {"kind": kind, "spec": {"template": {"spec": {"containers": [object.union({"name": "web"}, container)]}}}}

ports := {"ports": [{"containerPort": 8080}]}

test_no_probe_is_denied if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "Rollout"] {
		liveness.deny == {"container \"web\" opens ports and has no livenessProbe"} with input as workload(kind, ports)
	}
}

test_a_probe_or_no_need_is_accepted if {
	count(liveness.deny) == 0 with input as workload("Deployment", object.union(ports, {"livenessProbe": {}}))
	count(liveness.deny) == 0 with input as workload("Deployment", {"ports": []})
	count(liveness.deny) == 0 with input as workload("Job", ports)
}
