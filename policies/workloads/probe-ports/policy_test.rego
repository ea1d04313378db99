package portcullis.workloads.probe_ports_test

import rego.v1

import data.portcullis.workloads.probe_ports

pod(probe, handler, port) := {"kind": "Pod", "spec": {"containers": [{"name": "web", "ports": [{"name": "http", "containerPort": 8080}], probe: {handler: {"port": port}}}]}}

test_an_unknown_port_is_denied if {
	every probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
		every handler in ["httpGet", "tcpSocket"] {
			probe_ports.deny == {sprintf("%s of container \"web\" asks port \"web\", which the container does not have", [probe])} with input as pod(probe, handler, "web")
			count(probe_ports.deny) == 0 with input as pod(probe, handler, "http")
			count(probe_ports.deny) == 0 with input as pod(probe, handler, 9090)
			count(probe_ports.deny) == 0 with input as pod(probe, handler, "9090")
		}
	}
}
