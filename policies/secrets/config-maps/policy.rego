# METADATA
# title: ConfigMaps hold no passwords
# description: >-
#   A password or token is written into a ConfigMap, which is made for what everyone may read.
#    Move it into a Secret that is encrypted or fetched.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/configuration/configmap/
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.config_maps

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "ConfigMap"
	keys := {key |
		some key, value in input.data
		holds(key, value)
		count(credentials.found(value)) == 0
	}
	some key, _ in input.data
	key == min(keys)
	message := sprintf("ConfigMap %q holds a password or token in %s", [kubernetes.name, credentials.listed(keys)])
}

holds(key, value) if credentials.readable(key, value)

holds(_, value) if {
	contains(value, "\n")
	count(credentials.assigned(value)) > 0
}
