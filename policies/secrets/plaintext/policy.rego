# METADATA
# title: Secrets are not committed in plain text
# description: >-
#   Base64 is no encryption: whoever reads the repository reads the secret.
#   Encrypt it (SOPS, SealedSecret) or fetch it (ExternalSecret), and rotate what was committed.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/secrets-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.4.2
package portcullis.secrets.plaintext

import rego.v1

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Secret"
	some field in ["data", "stringData"]
	some key, value in input[field]
	not encrypted(value)
	value != ""
	message := sprintf("key %q of Secret %q is readable in Git", [key, input.metadata.name])
}

# SOPS replaces each value by ENC[…] and keeps the keys.
encrypted(value) if startswith(value, "ENC[")
