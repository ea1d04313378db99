# METADATA
# title: Secrets are not committed in plain text
# description: >-
#   Base64 is not encryption: anyone who can read the repository can read the secret.
#    Encrypt it (SOPS, SealedSecret) or fetch it (ExternalSecret), and rotate what was committed.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/security/secrets-good-practices/
# custom:
#   severity: critical
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.plaintext

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

# One finding for each Secret, at its first readable key.
deny contains result if {
	input.apiVersion == "v1"
	input.kind == "Secret"
	places := {[field, key] |
		some field in ["data", "stringData"]
		some key, value in input[field]
		is_string(value)
		confidential(field, key, value)
	}
	count(places) > 0
	message := sprintf("Secret %q holds %s in plain text", [kubernetes.name, credentials.listed({key | some [_, key] in places})])
	result := {"msg": message, "details": {"path": min(places)}}
}

confidential(field, key, value) if {
	not is_unencoded(field, value)
	text := plain(field, value)
	not credentials.reference(text)
	not credentials.encrypted(text)
	is_secret(key, text)
}

# A placeholder that is not encoded is short; longer text may hold one by chance, in base64.
is_unencoded("data", value) if {
	count(value) <= 40
	credentials.placeholder(value)
}

is_secret(key, text) if {
	not of_argocd
	is_credential(key, text)
}

is_secret(key, text) if {
	of_argocd
	not credentials.placeholder(text)
	not harmless(key, text)
}

# What is not base64 is written without it, as by tools that replace it.
plain("data", value) := base64.decode(value) if base64.is_valid(value)

plain("data", value) := value if not base64.is_valid(value)

plain("stringData", value) := value

# A file is judged by what it holds, a single value by its key and its form.
is_credential(key, text) if {
	not is_file(text)
	not names_file(key, text)
	not credentials.placeholder(text)
	not is_encoded_placeholder(text)
	not is_public(text)
	not is_harmless(key, text)
}

is_credential(_, text) if count(credentials.found(text)) > 0

is_credential(_, text) if {
	is_file(text)
	count(credentials.assigned(text)) > 0
}

is_credential(key, text) if {
	names_file(key, text)
	count(credentials.assigned(text)) > 0
}

# The password of a registry.
is_credential(_, text) if {
	some match in regex.find_all_string_submatch_n(`"(?:auth|password)"\s*:\s*"([^"]{3,})"`, text, 20)
	credentials.literal(match[1])
	not is_encoded_placeholder(match[1])
}

is_encoded_placeholder(text) if {
	base64.is_valid(text)
	credentials.placeholder(base64.decode(text))
}

# Users with the hashes of their passwords.
is_credential(_, text) if regex.match(`(?m)^[^\s:]+:(?:\$(?:apr1|2[aby]?|5|6|y)\$|\{SHA\})\S+$`, text)

is_file(text) if contains(trim_space(text), "\n")

is_file(text) if regex.match(`^\s*[{\[]`, text)

# A file of settings, of which one line is left.
names_file(key, text) if {
	regex.match(`\.(?:properties|conf|cfg|ini)$`, key)
	regex.match(`^(?:#|[\w.-]+\s*[=:])`, text)
}

is_public(text) if regex.match(`^(?:-----BEGIN (?:CERTIFICATE|PUBLIC KEY)|ssh-(?:rsa|ed25519)|ecdsa-sha2-\S+|age1[0-9a-z]{58}$)`, text)

# A setting that came along with a secret.
is_harmless(key, text) if {
	not credentials.password_key(key)
	not regex.match(`://[^/\s]*:[^/\s]*@`, text)
	regex.match(`(?:user|username|login|host|hostname|server|port|url|uri|endpoint|address|domain|database|dbname|db|name|type|region|bucket|namespace|email|issuer|clientid|tenantid|accountid|appid|projectid|version|path|scopes?|cacert|enabled|provider|engine|sslmode|group|from|role|kind|zone)$`, credentials.plain_key(key))
}

is_harmless(key, text) if {
	not credentials.password_key(key)
	not credentials.token_key(key)
	regex.match(`^(?:[0-9.]{1,15}|[0-9]+(?:ms|[smhdwy])|(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::[0-9]+)?|[a-z]+://(?:[^\s:@/]+@)?[^\s@]+|[^\s@:/]+@[a-z0-9.-]+\.[a-z]+|\.{0,2}/[\w./-]*|[a-z]{1,12})$`, text)
}

# Argo CD keeps repositories and clusters as Secrets, most of whose keys are settings.
of_argocd if input.metadata.labels["argocd.argoproj.io/secret-type"] in {"repository", "repo-creds", "repository-write", "repo-write-creds", "cluster"}

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
