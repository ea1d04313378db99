# METADATA
# title: Secrets are not committed in plain text
# description: >-
#   Base64 is not encryption: anyone who can read the repository can read the secret.
#   Encrypt it (SOPS, SealedSecret) or fetch it (ExternalSecret), and rotate what was committed.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/secrets-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.4.2
package portcullis.secrets.plaintext

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "v1"
	input.kind == "Secret"
	some field in ["data", "stringData"]
	some key, value in input[field]
	not encrypted(value)
	not reference(value)
	value != ""
	not setting(field, key, value)
	message := sprintf("key %q of Secret %q is readable in Git", [key, kubernetes.name])
}

# SOPS replaces each value by ENC[…] and keeps the keys.
encrypted(value) if startswith(value, "ENC[")

# Text that stands for a secret until a tool puts the secret in its place.
reference(value) if {
	some text in readings(value)
	some pattern in references
	regex.match(pattern, trim_space(text))
}

references := [
	`^op://[^/\t\r\n]+/[^/\t\r\n]+/[^\t\r\n]+$`, # 1Password, whose names may hold spaces
	`^ref\+[a-z0-9]+://\S+$`, # vals
	`^vault:[^\s#]+#\S+$`, # the webhook of Bank-Vaults
	`^<path:[^\s#]+#[^\s>]+>$`, # Argo CD Vault Plugin
	`^\$\{[A-Za-z_][A-Za-z0-9_]*\}$`, # a variable that Flux substitutes after its build
]

readings(value) := {value, base64.decode(value)} if begins_like_a_reference(value)

readings(value) := {value} if not begins_like_a_reference(value)

# In base64: op:/, ref+, vault:, <path: and ${. Anything else, binary data above all, is not decoded.
begins_like_a_reference(value) if regex.match(`^(b3A6L|cmVmK|dmF1bHQ6|PHBhdGg6|JHt)[A-Za-z0-9+/]*={0,2}$`, value)

# Argo CD keeps repositories and clusters as Secrets, most of whose keys are settings.
setting(field, key, value) if {
	input.metadata.labels["argocd.argoproj.io/secret-type"] in {"repository", "repo-creds", "repository-write", "repo-write-creds", "cluster"}
	harmless(key, plain(field, value))
}

plain("data", value) := base64.decode(value)

plain("stringData", value) := value

harmless(key, _) if {
	key in {
		"type", "name", "project", "username", "server", "namespaces", "clusterResources", "shard", "insecure",
		"insecureIgnoreHostKey", "enableLfs", "enableOCI", "insecureOCIForceHttp", "forceHttpBasicAuth", "noProxy",
		"githubAppID", "githubAppInstallationID", "githubAppEnterpriseBaseUrl", "tlsClientCertData",
		"useAzureWorkloadIdentity", "depth",
	}
}

# An address may hold a password.
harmless(key, text) if {
	key in {"url", "proxy"}
	not regex.match(`://[^/]*@`, trim_space(text))
}

harmless("url", text) if regex.match(`^ssh://[^/:@]+@`, trim_space(text))

# How a cluster is reached: a credential only where it holds a token, a password or a key.
harmless("config", text) if {
	config := json.unmarshal(text)
	not holds_credential(config)
}

holds_credential(config) if {
	walk(config, [path, value])
	path[count(path) - 1] in {"bearerToken", "password", "keyData", "env"}
	not value in {"", null}
}
