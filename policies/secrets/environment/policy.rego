# METADATA
# title: Environment variables hold no credentials
# description: >-
#   A password or token is written into an environment variable, where everyone sees it who may read the pod or the
#   repository.
#    Take it from a Secret with valueFrom.secretKeyRef.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.environment

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	names := {variable.name |
		some variable in container.env
		credentials.readable(variable.name, variable.value)
		count(credentials.found(variable.value)) == 0
	}
	some variable in container.env
	variable.name == min(names)
	message := sprintf("container %s has %s in plain text", [kubernetes.label(container), credentials.listed(names)])
}
