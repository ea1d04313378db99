package portcullis.workloads.host_aliases_test

import rego.v1

import data.portcullis.workloads.host_aliases

pod(aliases) := {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"hostAliases": aliases}}

test_aliases_are_denied if {
	host_aliases.deny == {"the pods of Pod \"web\" have addresses of their own for names"} with input as pod([{"ip": "192.0.2.1", "hostnames": ["db"]}])
	count(host_aliases.deny) == 0 with input as pod([])
}
