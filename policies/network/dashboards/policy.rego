# METADATA
# title: Dashboards ask who is there
# description: >-
#   An option switches off the login of a dashboard or opens an API without one. Whoever reaches it controls the
#   cluster, or reads all of its traffic.
#    Remove the option.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.7.1
#   - NSA/authentication
package portcullis.network.dashboards

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	some container in kubernetes.containers
	some list in ["args", "command"]
	some argument in container[list]
	is_string(argument)
	open(argument)
	message := sprintf("container %s runs with %s, which lets anyone in", [kubernetes.label(container), argument])
}

open(argument) if regex.match(`^--(enable-skip-login|enable-insecure-login|api\.insecure|anonymous-auth)(=true)?$`, argument)

open(argument) if argument in {"--disable-skip=false", "--auth-mode=server"}
