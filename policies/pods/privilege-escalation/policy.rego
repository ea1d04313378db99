# METADATA
# title: Containers forbid privilege escalation
# description: >-
#   Without `allowPrivilegeEscalation: false` a process can gain more rights than its parent through setuid programs.
#   Set it to false.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - PSS-restricted/privilege-escalation
#   - CIS-Kubernetes/5.2.6
#   - NSA/pod-security
#   fix:
#     in: container
#     set:
#       /securityContext/allowPrivilegeEscalation: false
package portcullis.pods.privilege_escalation

import rego.v1

import data.portcullis.lib.kubernetes
import data.portcullis.lib.pod_security

deny contains message if {
	pod_security.since(8)
	some pod in kubernetes.pod_specs
	not pod_security.windows(pod)
	some container in kubernetes.containers_of(pod)
	object.get(container, ["securityContext", "allowPrivilegeEscalation"], true) != false
	message := sprintf("container %s does not set allowPrivilegeEscalation: false", [kubernetes.label(container)])
}
