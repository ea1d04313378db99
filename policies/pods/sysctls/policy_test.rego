package portcullis.pods.sysctls_test

import rego.v1

import data.portcullis.pods.sysctls

test_unsafe_sysctl_is_denied if {
	spec := {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}, "containers": [{"name": "web"}]}
	sysctls.deny == {"the pod sets sysctl kernel.msgmax, which is not safe"} with input as {"kind": "Pod", "spec": spec}
}

test_safe_sysctl_is_accepted if {
	spec := {"securityContext": {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]}, "containers": [{"name": "web"}]}
	count(sysctls.deny) == 0 with input as {"kind": "Pod", "spec": spec}
}
