# METADATA
# title: SELinux options keep the container type
# description: >-
#   A user, a role or a type of one's own in SELinux options can lead out of the confinement of containers. Use the
#   types that container policies provide, and set neither user nor role.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: high
#   controls:
#   - PSS-baseline/selinux
#   - NSA/pod-security
package portcullis.pods.selinux

import rego.v1

import data.portcullis.lib.pod_security

deny contains message if {
	some setting in pod_security.settings
	type := setting.context.seLinuxOptions.type
	not type in allowed

	# portcullis-lint ignore: silent-message every setting names what it is of
	message := sprintf("%s sets SELinux type %q", [setting.of, type])
}

deny contains message if {
	some setting in pod_security.settings
	some field in ["user", "role"]
	value := setting.context.seLinuxOptions[field]
	is_string(value)
	value != ""

	# portcullis-lint ignore: silent-message every setting names what it is of
	message := sprintf("%s sets SELinux %s %q", [setting.of, field, value])
}

allowed contains type if some type in ["", null, "container_t", "container_init_t", "container_kvm_t"]

allowed contains "container_engine_t" if pod_security.since(31)
