package portcullis.pods.sysctls_test

import rego.v1

import data.portcullis.pods.sysctls

with_sysctl(name) := {"kind": "Pod", "spec": {"securityContext": {"sysctls": [{"name": name, "value": "1"}]}, "containers": [{"name": "web"}]}}

test_unsafe_sysctl_is_denied if {
	sysctls.deny == {"the pod sets sysctl kernel.msgmax, which is not safe"} with input as with_sysctl("kernel.msgmax")
}

test_safe_sysctl_is_accepted if {
	count(sysctls.deny) == 0 with input as with_sysctl("kernel.shm_rmid_forced")
}

test_later_versions_allow_more if {
	count(sysctls.deny) == 0 with input as with_sysctl("net.ipv4.tcp_rmem") with data.portcullis.kubernetes as "1.32"
	count(sysctls.deny) == 1 with input as with_sysctl("net.ipv4.tcp_rmem") with data.portcullis.kubernetes as "1.31"
}
