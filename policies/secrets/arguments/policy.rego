# METADATA
# title: Arguments hold no credentials
# description: >-
#   A password or token is written into the arguments of a container, where everyone sees it who may list processes or
#   read the pod.
#    Take it from a Secret through an environment variable, or from a file.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/#use-environment-variables-to-define-arguments
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.arguments

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	names := {name |
		some list in ["args", "command"]
		some i, argument in container[list]
		some [name, value] in options(container[list], i, argument)
		credentials.readable(name, value)
		count(credentials.found(value)) == 0
	}
	some list in ["args", "command"]
	some argument in container[list]
	regex.match(sprintf("^--?%s(=|$)", [min(names)]), argument)
	message := sprintf("the arguments of container %s hold %s in plain text", [kubernetes.label(container), credentials.listed(names)])
}

# The option of one argument with its value.
options(list, i, argument) := {[parts[0][1], parts[0][2]] |
	parts := regex.find_all_string_submatch_n(`^--?([A-Za-z][\w.-]*)=(.+)$`, argument, 1)
	count(parts) == 1
} | {[parts[0][1], list[i + 1]] |
	parts := regex.find_all_string_submatch_n(`^--?([A-Za-z][\w.-]*)$`, argument, 1)
	count(parts) == 1
	not startswith(list[i + 1], "-")
}
