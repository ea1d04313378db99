# METADATA
# title: Pods set only safe kernel parameters
# description: >-
#   Other sysctls change the node for all of its pods, or are not isolated. Remove the sysctl from the pod.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/sysctls
package portcullis.pods.sysctls

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

# The minor version since which the baseline Pod Security Standard allows each.
safe := {
	"kernel.shm_rmid_forced": 0,
	"net.ipv4.ip_local_port_range": 0,
	"net.ipv4.ip_local_reserved_ports": 27,
	"net.ipv4.ip_unprivileged_port_start": 0,
	"net.ipv4.ping_group_range": 0,
	"net.ipv4.tcp_fin_timeout": 29,
	"net.ipv4.tcp_keepalive_intvl": 29,
	"net.ipv4.tcp_keepalive_probes": 29,
	"net.ipv4.tcp_keepalive_time": 29,
	"net.ipv4.tcp_notsent_lowat": 37,
	"net.ipv4.tcp_rmem": 32,
	"net.ipv4.tcp_slow_start_after_idle": 37,
	"net.ipv4.tcp_syncookies": 0,
	"net.ipv4.tcp_wmem": 32,
}

deny contains message if {
	some pod in kubernetes.pod_specs
	some sysctl in pod.securityContext.sysctls
	not is_safe(sysctl.name)

	# portcullis-lint ignore: silent-message a sysctl without a name is refused by its schema
	message := sprintf("the pod sets sysctl %s, which is not safe", [sysctl.name])
}

is_safe(name) if pod_security.since(safe[name])
