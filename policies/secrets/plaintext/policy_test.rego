package portcullis.secrets.plaintext_test

import rego.v1

import data.portcullis.secrets.plaintext

secret(data_, string_data) := {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": data_, "stringData": string_data}

test_readable_keys_are_one_finding if {
	plaintext.deny == {{"msg": "Secret \"db\" holds apiKey, password in plain text", "details": {"path": ["data", "password"]}}} with input as secret({"password": "aHVudGVyMg=="}, {"apiKey": "abc", "user": "admin"})
}

test_a_message_never_holds_the_value if {
	some result in plaintext.deny with input as secret({"password": "aHVudGVyMg=="}, {"token": "hunter2"})
	not contains(json.marshal(result), "aHVudGVyMg==")
	not contains(json.marshal(result), "hunter2")
}

test_sops_values_and_empty_values_are_accepted if {
	count(plaintext.deny) == 0 with input as secret({"password": "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}, {"token": ""})
}

test_other_kinds_are_accepted if {
	count(plaintext.deny) == 0 with input as {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "db"}, "spec": {"encryptedData": {"password": "AgB"}}}
	count(plaintext.deny) == 0 with input as object.union(secret({}, {"password": "hunter2"}), {"apiVersion": "example.com/v1"})
	count(plaintext.deny) == 0 with input as object.union(secret({}, {"password": "hunter2"}), {"kind": "ConfigMap"})
}

test_references_and_placeholders_are_accepted if {
	every text in ["op://vault/item/field", "op://vault/item/field\n", "<path:secret/data/db#password>", "${DB_PASSWORD}", "CHANGEME", "<your password>", "password=${DB_PASSWORD}"] {
		count(plaintext.deny) == 0 with input as secret({"password": base64.encode(text)}, {"password": text})
	}
}

test_a_placeholder_that_is_not_encoded_is_accepted if {
	every text in ["CHANGEME", "${DB_PASSWORD}", "<base64 password>"] {
		count(plaintext.deny) == 0 with input as secret({"password": text}, {})
	}
	count(plaintext.deny) == 1 with input as secret({"password": "not base64"}, {})
}

test_text_that_merely_holds_a_reference_is_denied if {
	texts := {"op://", "op://vault/item", "op://vault/item/field\nhunter2", "${DB_PASSWORD:=hunter2}", "<hunter2>", "vault:hunter2"}
	every text in texts {
		count(plaintext.deny) == 1 with input as secret({}, {"password": concat("", [text, "\npassword: hunter2"])})
	}
	every text in texts - {"op://vault/item/field\nhunter2"} {
		count(plaintext.deny) == 1 with input as secret({"password": base64.encode(text)}, {})
		count(plaintext.deny) == 1 with input as secret({}, {"password": text})
	}
}

test_binary_data_is_denied if {
	count(plaintext.deny) == 1 with input as secret({"store": "//79/A=="}, {})
}

test_settings_that_came_along_are_accepted if {
	every key, text in {
		"username": "Admin42", "DB_HOST": "db.example.com", "port": "5432", "url": "https://idp.example.com/x", "remote": "postgres://app@db/app", "email": "a@example.com",
		"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "key.pub": "ssh-ed25519 AAAA", "recipient": "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "rsa": "-----BEGIN PUBLIC KEY-----",
		"ecdsa": "ecdsa-sha2-nistp256 AAAA", "rsa2": "ssh-rsa AAAA", "debug": "true", "mode": "standalone", "home": "/var/lib/db", "contact": "ops@example.com", "release": "1.27.4",
		"config.yaml": "server:\n  port: 80\n", "settings.json": "{\"port\": 80}", "AWS_REGION": "eu-Central-1", "clientId": "9a8b-77", "empty": " ",
	} {
		count(plaintext.deny) == 0 with input as secret({}, {key: text})
		count(plaintext.deny) == 0 with input as secret({key: base64.encode(text)}, {})
	}
}

test_secrets_under_any_key_are_denied if {
	every key, text in {
		"value": "Hunter22", "database-password": "admin", "hostPassword": "db.corp.net", "token": "standalone", "url": "https://me:secret@git.example.com", "DATABASE_URL": "postgres://app:hunter2@db/app",
		"config.yaml": "server:\n  password: hunter2\n", "settings.json": "{\"auth\": \"aHVudGVyMjpodW50ZXIy\"}", ".dockerconfigjson": "{\"auths\": {\"r\": {\"password\":\"hunter2\"}}}",
		"htpasswd": "me:$apr1$x$y", "users": "a:b\nme:$2y$05$abc", "auth": "me:{SHA}abc", "list": "[\"a\"]\npassword: hunter2",
	} {
		plaintext.deny == {{"msg": sprintf("Secret \"db\" holds %s in plain text", [key]), "details": {"path": ["stringData", key]}}} with input as secret({}, {key: text})
		count(plaintext.deny) == 1 with input as secret({key: base64.encode(text)}, {})
	}
}

test_a_private_key_is_denied_under_any_key if {
	key := concat("", ["-----BEGIN RSA ", "PRIVATE KEY-----\n", "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9cBw1eLg3", "\n"])
	count(plaintext.deny) == 1 with input as secret({}, {"x": key})
	count(plaintext.deny) == 1 with input as secret({"x": base64.encode(key)}, {})
}

test_a_file_with_a_placeholder_is_judged_by_the_rest if {
	text := "# replace me\nuser: example\npassword: hunter2\n"
	count(plaintext.deny) == 1 with input as secret({}, {"config.yaml": text})
	count(plaintext.deny) == 1 with input as secret({"config.yaml": base64.encode(text)}, {})
}

test_registries_without_a_password_are_accepted if {
	every text in [`{"auths": {}}`, `{"auths": {"r": {"auth": ""}}}`, `{"auths": {"r": {"auth": "Q0hBTkdFTUU="}}}`, `{"auths": {"r": {"password": "CHANGEME"}}}`] {
		count(plaintext.deny) == 0 with input as secret({}, {".dockerconfigjson": text})
	}
}

argocd(type, string_data) := object.union(secret({}, string_data), {"metadata": {"labels": {"argocd.argoproj.io/secret-type": type}}})

test_settings_of_argo_cd_are_accepted if {
	every type in ["repository", "repo-creds", "repository-write", "repo-write-creds", "cluster"] {
		every key in [
			"type", "name", "project", "username", "server", "namespaces", "clusterResources", "shard", "insecure", "insecureIgnoreHostKey", "enableLfs", "enableOCI", "insecureOCIForceHttp",
			"forceHttpBasicAuth", "noProxy", "githubAppID", "githubAppInstallationID", "githubAppEnterpriseBaseUrl", "tlsClientCertData", "useAzureWorkloadIdentity", "depth",
		] {
			count(plaintext.deny) == 0 with input as argocd(type, {key: "Value 42"})
		}
		count(plaintext.deny) == 0 with input as argocd(type, {"url": "ssh://git@git.example.com/acme", "proxy": "http://Proxy:80"})
		count(plaintext.deny) == 1 with input as argocd(type, {"url": "https://token@git.example.com/Acme x"})
		count(plaintext.deny) == 1 with input as argocd(type, {"password": "x42"})
		count(plaintext.deny) == 0 with input as argocd(type, {"password": "CHANGEME"})
	}
	count(plaintext.deny) == 1 with input as argocd("other", {"depth": "Value 42"})
}

test_the_config_of_a_cluster_is_accepted_without_credentials if {
	every text in [`{"tlsClientConfig": {"caData": "AAAA"}}`, `{"bearerToken": "", "password": null}`] {
		count(plaintext.deny) == 0 with input as argocd("cluster", {"config": text})
	}
	every text in [`{"bearerToken": "x"}`, `{"password": "x"}`, `{"tlsClientConfig": {"keyData": "x"}}`, `{"execProviderConfig": {"env": {"A": "x"}}}`] {
		count(plaintext.deny) == 1 with input as argocd("cluster", {"config": text})
	}
}

test_an_encoded_placeholder_is_accepted if {
	count(plaintext.deny) == 0 with input as secret({}, {"token": base64.encode("changeme")})
	count(plaintext.deny) == 1 with input as secret({}, {"token": base64.encode("hunter2")})
}

test_a_file_of_one_line_is_judged_by_what_it_holds if {
	count(plaintext.deny) == 0 with input as secret({}, {"broker.properties": "HAPolicyConfiguration=SHARED_STORE_BACKUP"})
	count(plaintext.deny) == 0 with input as secret({}, {"broker.properties": "# An overlay replaces this\n"})
	count(plaintext.deny) == 1 with input as secret({}, {"broker.properties": "password=hunter2"})
	count(plaintext.deny) == 1 with input as secret({}, {"broker.properties": "hunter2 and more"})
	count(plaintext.deny) == 1 with input as secret({}, {"broker": "HAPolicyConfiguration=SHARED_STORE_BACKUP"})
}

test_settings_beside_a_secret_are_accepted if {
	every key, value in {"PVCRetention": "2d", "timeout": "500ms", "OPENMETADATA_DB": "openmetadata_db"} {
		count(plaintext.deny) == 0 with input as secret({}, {key: value})
	}
}
