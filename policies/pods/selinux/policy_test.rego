package portcullis.pods.selinux_test

import rego.v1

import data.portcullis.pods.selinux

with_options(options) := {"kind": "Pod", "spec": {"securityContext": {"seLinuxOptions": options}, "containers": [{"name": "web"}]}}

test_types_of_containers_are_accepted if {
	every type in ["container_t", "container_init_t", "container_kvm_t", "container_engine_t", ""] {
		count(selinux.deny) == 0 with input as with_options({"type": type, "level": "s0"})
	}
}

test_the_type_of_container_engines_is_denied_before_it_was_allowed if {
	count(selinux.deny) == 1 with input as with_options({"type": "container_engine_t"}) with data.portcullis.kubernetes as "1.30"
}

test_another_type_is_denied if {
	selinux.deny == {"the pod sets SELinux type \"spc_t\""} with input as with_options({"type": "spc_t"})
}

test_user_and_role_are_denied if {
	count(selinux.deny) == 2 with input as with_options({"user": "system_u", "role": "sysadm_r"})
}

test_a_container_is_judged_as_well if {
	container := {"name": "web", "securityContext": {"seLinuxOptions": {"user": "root"}}}
	selinux.deny == {"container \"web\" sets SELinux user \"root\""} with input as {"kind": "Pod", "spec": {"containers": [container]}}
}
