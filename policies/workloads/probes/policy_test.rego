package portcullis.workloads.probes_test

import rego.v1

import data.portcullis.workloads.probes

workload(kind, container) := {"kind": kind, "spec": {"template": {"spec": {"containers": [object.union({"name": "web"}, container)]}}}}

test_a_serving_container_without_a_probe_is_denied if {
	every kind in ["Deployment", "StatefulSet", "DaemonSet", "Rollout"] {
		count(probes.deny) == 1 with input as workload(kind, {"ports": [{"containerPort": 8080}]})
	}
}

test_a_probe_is_enough if {
	count(probes.deny) == 0 with input as workload("Deployment", {"ports": [{"containerPort": 8080}], "readinessProbe": {"httpGet": {"port": 8080}}})
}

test_ports_of_metrics_serve_no_traffic if {
	every name in ["metrics", "http-metrics", "health-probe"] {
		count(probes.deny) == 0 with input as workload("Deployment", {"ports": [{"name": name, "containerPort": 8080}]})
		count(probes.deny) == 1 with input as workload("Deployment", {"ports": [{"name": name, "containerPort": 8080}, {"name": "http", "containerPort": 80}]})
	}
}

test_containers_without_ports_and_jobs_need_none if {
	count(probes.deny) == 0 with input as workload("Deployment", {})
	count(probes.deny) == 0 with input as workload("Job", {"ports": [{"containerPort": 8080}]})
}
