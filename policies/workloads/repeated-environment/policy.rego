# METADATA
# title: Environment variables are set once
# description: >-
#   Of two variables with one name in one container, the last one counts. Server-side apply refuses them.
#    Remove one.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - reliability/configuration
package portcullis.workloads.repeated_environment

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	some i, variable in container.env
	variable.name in {other.name | some j, other in container.env; j < i}
	message := sprintf("container %s sets %s twice", [kubernetes.label(container), variable.name])
}
