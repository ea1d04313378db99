# METADATA
# title: Images come from known registries
# description: >-
#   An image without a registry is pulled from Docker Hub; one from an unknown registry has not been reviewed.
#   Use a registry from the allowed list.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/containers/images/
# custom:
#   parameters:
#     allowed: { type: array, items: { type: string }, description: "Registries, with or without a path; none: all are allowed." }
#   severity: medium
#   level: warn
#   controls:
#   - CIS-Kubernetes/5.5.1
package portcullis.images.registry

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	not registry_of(container.image)
	not kubernetes.is_template(container.image)

	# portcullis-lint ignore: silent-message without an image there is nothing to pull
	message := sprintf("container %s pulls image %q from no named registry", [kubernetes.label(container), container.image])
}

deny contains message if {
	some container in kubernetes.containers

	# portcullis-lint ignore: silent-message without an image there is nothing to pull
	registry := registry_of(container.image)
	restricted
	not allowed(container.image)
	message := sprintf("container %s pulls from registry %s, which is not allowed", [kubernetes.label(container), registry])
}

prefixes := data.parameters["images/registry"].allowed

restricted if count(prefixes) > 0

allowed(image) if {
	some prefix in prefixes
	startswith(image, concat("", [trim_suffix(prefix, "/"), "/"]))
}

# As the container runtime reads it: a first part with a dot or a colon, or localhost, names a registry.
registry_of(image) := parts[0] if {
	parts := split(image, "/")
	count(parts) > 1
	names_registry(parts[0])
}

names_registry(part) if contains(part, ".")

names_registry(part) if contains(part, ":")

names_registry("localhost")
