package portcullis.workloads.shared_processes_test

import rego.v1

import data.portcullis.workloads.shared_processes

pod(shared) := {"kind": "Pod", "metadata": {"name": "web"}, "spec": {"shareProcessNamespace": shared}}

test_shared_processes_are_denied if {
	shared_processes.deny == {"the containers of Pod \"web\" share their processes"} with input as pod(true)
	count(shared_processes.deny) == 0 with input as pod(false)
}
