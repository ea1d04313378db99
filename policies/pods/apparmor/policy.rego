# METADATA
# title: AppArmor is not switched off
# description: >-
#   An AppArmor profile other than the runtime's or one of the node removes a layer between the container and its
#   node. Use `RuntimeDefault` or `Localhost`, or delete the setting.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/pod-security-standards/
# custom:
#   severity: medium
#   controls:
#   - PSS-baseline/apparmor
#   - NSA/pod-security
package portcullis.pods.apparmor

import rego.v1

import data.portcullis.lib.pod_security

deny contains message if {
	some setting in pod_security.settings
	profile := setting.context.appArmorProfile
	is_object(profile)
	type := object.get(profile, "type", "")
	not type in {"RuntimeDefault", "Localhost"}

	# portcullis-lint ignore: silent-message every setting names what it is of
	message := sprintf("%s sets AppArmor profile %q", [setting.of, type])
}

# How AppArmor was set before Kubernetes 1.30; the API server still reads it.
deny contains message if {
	some annotations in pod_security.annotations
	some key, value in annotations.values
	startswith(key, "container.apparmor.security.beta.kubernetes.io/")
	not allowed(value)
	message := sprintf("annotation %s sets AppArmor profile %q", [key, value])
}

allowed(value) if value in {"", "runtime/default"}

allowed(value) if startswith(value, "localhost/")
