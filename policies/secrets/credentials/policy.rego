# METADATA
# title: Objects hold no credentials
# description: >-
#   A private key, a token or an address with a password is in an object that is no Secret, and so in Git and in every
#   tool that may read the object.
#    Move it into a Secret that is encrypted or fetched, and rotate it.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/secrets-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.credentials

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

deny contains result if {
	not input.kind in {"Secret", "SealedSecret", "CustomResourceDefinition"}
	count(credentials.found(json.marshal(input))) > 0
	places := {path: names |
		# portcullis-lint ignore: unbounded-walk credentials may be in any field
		walk(input, [path, text])
		is_string(text)
		names := credentials.found(text)
		count(names) > 0
		not only_identifies(path, names)
	}
	count(places) > 0
	kinds := {name | some names in places; some name in names}
	message := sprintf("%s %q holds %s", [input.kind, kubernetes.name, credentials.listed(kinds)])
	result := {"msg": message, "details": {"path": min(object.keys(places))}}
}

# The id of an access key whose secret part is elsewhere, in a Secret that stands beside it.
only_identifies(path, {"an AWS access key"}) if {
	regex.match(`(?i)access_?key_?id$`, path[count(path) - 1])
	some key, value in object.get(input, array.slice(path, 0, count(path) - 1), {})
	regex.match(`(?i)^secret_?access_?key_?(?:secret)?_?ref$`, key)
	is_object(value)
}
