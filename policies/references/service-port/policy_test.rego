package portcullis.references.service_port_test

import rego.v1

import data.portcullis.references.service_port

service(port) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": port}]}}

inventory(list, app) := {"namespace": {"shop": {"apps/v1": {"Deployment": {"web": {"metadata": {"name": "web"}, "spec": {"template": {"metadata": {"labels": {"app": app}}, "spec": {list: [{"name": "web", "ports": [{"name": "http", "containerPort": 8080}]}]}}}}}}}}}

test_an_unknown_port_is_denied if {
	service_port.deny == {"Service \"web\" sends traffic to port \"web\", which its pods do not have"} with input as service("web") with data.portcullis.inventory as inventory("containers", "web")
}

test_known_ports_and_numbers_are_accepted if {
	count(service_port.deny) == 0 with input as service("http") with data.portcullis.inventory as inventory("containers", "web")
	count(service_port.deny) == 0 with input as service("http") with data.portcullis.inventory as inventory("initContainers", "web")
	count(service_port.deny) == 0 with input as service(9090) with data.portcullis.inventory as inventory("containers", "web")
}

test_without_pods_nothing_is_known if {
	count(service_port.deny) == 0 with input as service("web") with data.portcullis.inventory as inventory("containers", "api")
	every other in [{"apiVersion": "serving.knative.dev/v1"}, {"kind": "Other"}] {
		count(service_port.deny) == 0 with input as object.union(service("web"), other) with data.portcullis.inventory as inventory("containers", "web")
	}
}

test_what_differs_between_overlays_is_accepted if {
	every several in [{"apps/v1": {"Deployment": {"web": true}}}, {"v1": {"Service": {"web": true}}}] {
		both := object.union(inventory("containers", "web"), {"several": {"namespace": {"shop": several}}})
		count(service_port.deny) == 0 with input as service("web") with data.portcullis.inventory as both
	}
}
