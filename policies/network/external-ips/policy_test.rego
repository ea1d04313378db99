package portcullis.network.external_ips_test

import rego.v1

import data.portcullis.network.external_ips

service(spec) := {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}

test_external_addresses_are_one_finding if {
	external_ips.deny == {"Service \"web\" takes traffic for 192.0.2.1, 192.0.2.2"} with input as service({"externalIPs": ["192.0.2.1", "192.0.2.2"]})
}

test_services_without_one_are_accepted if {
	count(external_ips.deny) == 0 with input as service({"type": "LoadBalancer"})
	count(external_ips.deny) == 0 with input as service({"externalIPs": []})
}

test_other_kinds_are_not_judged if {
	count(external_ips.deny) == 0 with input as object.union(service({"externalIPs": ["192.0.2.1"]}), {"kind": "Kourier"})
	count(external_ips.deny) == 0 with input as object.union(service({"externalIPs": ["192.0.2.1"]}), {"apiVersion": "example.com/v1"})
}
