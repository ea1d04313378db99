# METADATA
# title: Names and labels have characters that Kubernetes accepts
# description: >-
#   The API server refuses names of objects that are not DNS names in lower case, and labels that are too long or have
#   other characters.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
# custom:
#   severity: high
#   controls:
#   - reliability/validity
package portcullis.validity.names

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	name := input.metadata.name
	is_string(name)
	not is_template(name)
	not valid_name(name)
	message := sprintf("%s has the name %q, which is not a valid name", [input.kind, name])
}

deny contains message if {
	some key, value in input.metadata.labels
	is_string(value)
	not is_template(value)
	not valid_label(value)
	message := sprintf("label %s of %s %q has a value that is not valid", [key, input.kind, kubernetes.name])
}

is_template(text) if contains(text, "${")

is_template(text) if contains(text, "{{")

# The API of roles takes any name that can be part of a path.
valid_name(_) if input.kind in {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}

# These APIs of OpenShift have rules of their own, by which names may hold underscores or colons.
valid_name(_) if split(input.apiVersion, "/")[0] in {
	"authorization.openshift.io", "image.openshift.io", "oauth.openshift.io", "user.openshift.io",
}

valid_name(name) if {
	not strict
	count(name) <= 253
	every part in split(name, ".") {
		is_part(part)
	}
}

valid_name(name) if {
	strict
	count(name) <= 63
	is_part(name)
}

# Plain patterns, since every name is compared with them.
is_part(text) if {
	regex.match(`^[a-z0-9][a-z0-9-]*$`, text)
	not endswith(text, "-")
}

valid_label("")

valid_label(value) if {
	count(value) <= 63
	regex.match(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`, value)
	regex.match(`[A-Za-z0-9]$`, value)
}

# What becomes one part of a DNS name.
strict if {
	input.kind in {"Namespace", "Service"}
	input.apiVersion == "v1"
}
