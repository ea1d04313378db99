package portcullis.validity.service_ports_test

import rego.v1

import data.portcullis.validity.service_ports

service(ports) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports}}

test_one_of_several_without_a_name_is_denied if {
	service_ports.deny == {"port 9090 of Service \"web\" has no name; with several ports each needs one"} with input as service([{"name": "http", "port": 80}, {"port": 9090}])
}

test_one_port_needs_no_name if {
	count(service_ports.deny) == 0 with input as service([{"port": 80}])
}

test_two_ports_with_one_name_are_denied if {
	service_ports.deny == {"two ports of Service \"web\" are named \"http\""} with input as service([{"name": "http", "port": 80}, {"name": "http", "port": 81}])
}

test_two_ports_with_one_number_are_denied if {
	service_ports.deny == {"two ports of Service \"web\" have the number 80"} with input as service([{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "TCP"}])
	service_ports.deny == {"two ports of Service \"web\" have the number 80"} with input as service([{"name": "a", "port": 80, "protocol": "TCP"}, {"name": "b", "port": 80}])
}

test_one_number_with_two_protocols_is_accepted if {
	count(service_ports.deny) == 0 with input as service([{"name": "dns", "port": 53}, {"name": "dns-udp", "port": 53, "protocol": "UDP"}])
}

test_services_of_knative_are_not_judged if {
	count(service_ports.deny) == 0 with input as object.union(service([{"port": 1}, {"port": 1}]), {"apiVersion": "serving.knative.dev/v1"})
	count(service_ports.deny) == 0 with input as object.union(service([{"port": 1}, {"port": 1}]), {"kind": "Endpoints"})
}
