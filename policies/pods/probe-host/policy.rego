# METADATA
# title: Probes and lifecycle hooks stay in their pod
# description: >-
#   With `host`, the kubelet sends the request of a probe or a hook to any address that the node reaches. Delete
#   `host`: the kubelet uses the address of the pod.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   controls:
#   - PSS-baseline/host-probes
package portcullis.pods.probe_host

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	pod_security.since(34)
	some container in kubernetes.settings
	some request in requests(container)
	is_string(request.host)
	request.host != ""
	message := sprintf("container %s has a probe or hook that the kubelet sends to %s", [kubernetes.label(container), request.host])
}

requests(container) := {request |
	some field in ["livenessProbe", "readinessProbe", "startupProbe"]
	some kind in ["httpGet", "tcpSocket"]
	request := container[field][kind]
} | {request |
	some field in ["postStart", "preStop"]
	some kind in ["httpGet", "tcpSocket"]
	request := container.lifecycle[field][kind]
}
