package portcullis.lib.credentials_test

import rego.v1

import data.portcullis.lib.credentials

# Put together here, so that no scanner takes a test for a leak.
body := "Q3EGWMTP5LNZVB6Jq8rVtKx2yHd4sUa7oPf9cBw1eLg3nRzXvTm6jYkQ0hSiDuEy5pWlGa8bNfCxMzOqR7tVsJkHdA2"

of_length(n) := substring(body, 0, n)

forms := {
	"a private key": [concat("", ["-----BEGIN RSA PRIVATE KEY-----\n", of_length(44)]), concat("", ["-----BEGIN PRIVATE KEY-----\\n", of_length(44)]), concat("", ["-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n", of_length(44)])],
	"an age key": [concat("", ["AGE-SECRET-KEY-1", upper(of_length(58))])],
	"an AWS access key": ["id AKIAQ3EGWMTP5LNZVB6J", "ASIAQ3EGWMTP5LNZVB6J"],
	"a Google API key": [concat("", ["AIza", of_length(35)])],
	"a Google client secret": [concat("", ["GOCSPX-", of_length(28)])],
	"an Azure storage key": [concat("", ["AccountName=a;AccountKey=", of_length(86), "=="])],
	"an Azure client secret": [concat("", ["abc8Q~", of_length(34)])],
	"a GitHub token": [concat("", ["ghp_", of_length(36)]), concat("", ["ghs_", of_length(36)]), concat("", ["github_pat_", of_length(82)])],
	"a GitLab token": [concat("", ["glpat-", of_length(20)])],
	"a Slack token": [concat("", ["xoxb-123456789012-", of_length(24)])],
	"a Slack webhook": [concat("", ["https://hooks.slack.com/services/T01234567/B01234567/", of_length(24)])],
	"a Stripe key": [concat("", ["sk_live_", of_length(24)]), concat("", ["rk_live_", of_length(24)])],
	"an npm token": [concat("", ["npm_", of_length(36)])],
	"a PyPI token": [concat("", ["pypi-AgEIcHlwaS5vcmc", of_length(60)])],
	"a Docker Hub token": [concat("", ["dckr_pat_", of_length(27)])],
	"a Vault token": [concat("", ["hvs.", of_length(24)])],
	"a DigitalOcean token": [concat("", ["dop_v1_", sha256sum("a")]), concat("", ["doo_v1_", sha256sum("a")])],
	"a SendGrid key": [concat("", ["SG.", of_length(22), ".", of_length(43)])],
	"an OpenAI key": [concat("", ["sk-proj-", of_length(20), "T3Blbk", "FJ", of_length(20)])],
	"an Anthropic key": [concat("", ["sk-ant-api03-", of_length(86)])],
	"a password in an address": ["postgres://app:hunter2@db:5432/app", "redis://:hunter2@cache", "https://bot:hunter2@[::1]/x", "amqp://a:hunter2@${HOST}"],
}

sha256sum(text) := crypto.sha256(text)

test_documented_forms_are_found if {
	every name, texts in forms {
		every text in texts {
			credentials.found(text) == {name}
		}
	}
}

test_every_form_is_tested if {
	object.keys(forms) == object.keys(credentials.forms) | {"a password in an address"}
}

test_tokens_of_the_documentation_are_none if {
	every text in [
		"AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_000000000000000000000000000000000000",
		"-----BEGIN RSA PRIVATE KEY-----\n...\n", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
	] {
		credentials.found(text) == set()
	}
}

test_addresses_without_a_password_are_none if {
	every text in [
		"postgres://app@db/app", "https://example.com:8080/@scope", "http://user:password@host", "https://u:${PASSWORD}@host", "https://u:$PASSWORD@host",
		"https://u:%s@host", "https://u:<password>@host", "rtsp://{USER}:{PASSWORD}@host", "git@github.com:acme/app", "mailto:a@b", "https://u:{{ .p }}@host", "https://a:8080/path@x",
	] {
		credentials.found(text) == set()
	}
}

test_placeholders_are_known if {
	every text in [
		"", "  ", "CHANGEME", "change-me", "changeit", "replace_me", "REPLACE_WITH_TOKEN", "your-token", "an-example", "placeholder", "dummy", "<redacted>", "TODO",
		"xxxx", "****", "...", "insert-here", "<your token>", "<base64 token>", "{DB_PASSWORD}", "${DB_PASSWORD}", "pre-${DB_PASSWORD}", "$(DB_PASSWORD)", "{{ .Values.x }}", "<% x %>", "none", "null", "n/a", "$TOKEN",
		"to be set", "fill-in", "not-set", "FIXME", "tbd", "fake", "undefined",
	] {
		credentials.placeholder(text)
	}
}

test_passwords_are_no_placeholders if {
	every text in ["hunter2", "<hunter2>", "${DB_PASSWORD:=hunter2}", "admin", "nonempty", "trueish", "db.example.com", "me@example.com", "xxx", "p**d"] {
		not credentials.placeholder(text)
	}
}

test_references_are_known if {
	every text in [
		"op://vault/item/field", "op://Home Lab/the item/section/one field", "ref+awsssm://prod/db#/password", "secretref+vault://x", "vault:secret/data/db#PASSWORD",
		"<path:secret/data/db#password>", "arn:aws:secretsmanager:eu-west-1:1:secret:db", "projects/p/secrets/db/versions/1", " db@azurekeyvault ",
	] {
		credentials.reference(text)
		not credentials.literal(text)
	}
	every text in ["op://", "op://vault/item", "op://vault/item/field\nhunter2", "vault:hunter2", "xref+a://b", "arn:aws:s3:::bucket", "db@azurekeyvaults"] {
		not credentials.reference(text)
		credentials.literal(text)
	}
}

test_encrypted_text_is_known if {
	every text in ["ENC[AES256_GCM,data:x]", "-----BEGIN AGE ENCRYPTED FILE-----\nx", "-----BEGIN PGP MESSAGE-----\nx", "$ANSIBLE_VAULT;1.1;AES256"] {
		credentials.encrypted(text)
		not credentials.literal(text)
	}
	not credentials.encrypted("x ENC[")
}

test_passwords_are_known_by_their_key if {
	every key in ["password", "DB_PASSWORD", "adminPassword", "redis.passwd", "key-passphrase", "MYSQL_PWD"] {
		credentials.readable(key, "hunter2")
	}
	every key in ["passwordFile", "existingPassword", "PASSWORD_LENGTH", "noPassword", "user", "enablePassword"] {
		not credentials.readable(key, "hunter2")
	}
}

test_what_only_names_a_password_is_none if {
	every value in ["db-credentials", "admin.password", "DB_PASSWORD", "/run/secrets/db", "./x", "~/x", "file:/x", "https://vault/x", "CHANGEME", "op://a/b/c", "ENC[x]", "ab", 7] {
		not credentials.readable("password", value)
	}
}

random := "8f14e45fceea167a5a36dedd4bea2543"

test_tokens_are_known_by_their_key_and_form if {
	every key in ["API_KEY", "secretKey", "aws-access-key", "authKey", "encryptionKey", "signing_key", "masterKey", "client-secret", "TOKEN", "credential", "credentials"] {
		credentials.readable(key, random)
		not credentials.readable(key, "my-api-key")
	}
	not credentials.readable("id", random)
	not credentials.readable("token", 7)
	not credentials.readable("token", "${TOKEN_abcdefghijk1}")
}

test_what_a_person_writes_is_not_random if {
	every text in [
		"hunter2", "aaaaaaaaaaaaaaaa1", "abcdefghijklmnopqrstuvwxyz", "12345678901234567890", "team-a-web-frontend-v2", "db-1.prod.example.com:5432", "https://a.example.com/x1y2z3a4", "/var/run/secrets/a1b2c3d4",
		"with a space 1234567890abc", "registry.example.com/web1234567",
	] {
		not credentials.random(text)
	}
	every text in [random, "Zm9vYmFyYmF6MTIzNDU2Nzg5MA==", "s3cr3t!P4ssw0rd@2024-x"] {
		credentials.random(text)
	}
}

test_assignments_in_files_are_found if {
	every text in ["a = 1\npassword=hunter2\n", "  password: hunter2 # the old one", "{ \"password\": \"hunter2\" }", "export password='hunter2'", "- password: hunter2", "password = hunter2;"] {
		credentials.assigned(text) == {"password"}
	}
	credentials.assigned(sprintf("api_key: %s\ntoken: short\n", [random])) == {"api_key"}
}

test_code_and_references_in_files_are_none if {
	every text in ["password = os.environ[\"PASSWORD\"]", "    self._password = password", "this.password = password;", "password: ${PASSWORD}", "password: {{ .p }}", "password:\n  secretRef: x", "# password: see wiki, hunter2 there", "password is hunter2", "passwordFile: /x/y"] {
		credentials.assigned(text) == set()
	}
}

test_a_message_lists_five_names if {
	credentials.listed({"b", "a"}) == "a, b"
	credentials.listed({"a", "b", "c", "d", "e"}) == "a, b, c, d, e"
	credentials.listed({"a", "b", "c", "d", "e", "f", "g"}) == "a, b, c, d, e and 2 more"
}

test_words_for_what_belongs_there_are_placeholders if {
	every text in ["UPDATE_AWS_ACCESS_KEY_ID", "SECRET", "PASSWORD", "my_access_key", "my-token", "${DB_PASSWORD:-openmetadata}", "${A:?must be set}"] {
		credentials.placeholder(text)
	}
	every text in ["S3CRET_KEY1", "Secret", "update-it", "myaccesskey", "${DB_PASSWORD:-hunter2}"] {
		not credentials.placeholder(text)
	}
}
