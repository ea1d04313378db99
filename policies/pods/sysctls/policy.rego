# METADATA
# title: Pods set only safe kernel parameters
# description: >-
#   Other sysctls change the node for all of its pods, or are not isolated.
#   Remove the sysctl from the pod.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/sysctls
package portcullis.pods.sysctls

import rego.v1

import data.portcullis.lib.kubernetes

# The set that the baseline Pod Security Standard allows.
safe := {
	"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
	"net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
	"net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
	"net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
}

deny contains message if {
	some pod in kubernetes.pod_specs
	some sysctl in pod.securityContext.sysctls
	not sysctl.name in safe
	message := sprintf("the pod sets sysctl %s, which is not safe", [sysctl.name])
}
