package portcullis.secrets.plaintext_test

import rego.v1

import data.portcullis.secrets.plaintext

secret(data_, string_data) := {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": data_, "stringData": string_data}

test_each_readable_key_is_denied if {
	count(plaintext.deny) == 2 with input as secret({"password": "aHVudGVyMg=="}, {"user": "admin"})
}

test_sops_values_and_empty_values_are_accepted if {
	count(plaintext.deny) == 0 with input as secret({"password": "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]"}, {"user": ""})
}

test_other_kinds_are_accepted if {
	count(plaintext.deny) == 0 with input as {"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret", "metadata": {"name": "db"}, "spec": {"encryptedData": {"password": "AgB"}}}
}

test_a_message_never_holds_the_value if {
	some message in plaintext.deny with input as secret({"password": "aHVudGVyMg=="}, {})
	not contains(message, "aHVudGVyMg==")
}

test_references_to_a_secret_elsewhere_are_accepted if {
	every text in [
		"op://vault/item/field",
		"op://vault/item/field\n",
		"op://Home Lab/the item/section/one field",
		"ref+awsssm://prod/db#/password",
		"vault:secret/data/db#PASSWORD",
		"<path:secret/data/db#password>",
		"${DB_PASSWORD}",
	] {
		count(plaintext.deny) == 0 with input as secret({"password": base64.encode(text)}, {"password": text})
	}
}

test_text_that_merely_holds_a_reference_is_denied if {
	texts := {"op://", "op://vault/item", "op://vault/item/field\nhunter2", "password=${DB_PASSWORD}", "${DB_PASSWORD:=hunter2}", "<hunter2>", "vault:hunter2"}
	every text in texts {
		count(plaintext.deny) == 1 with input as secret({"password": base64.encode(text)}, {})
		count(plaintext.deny) == 1 with input as secret({}, {"password": text})
	}
}

test_binary_data_is_denied if {
	count(plaintext.deny) == 1 with input as secret({"store": "//79/A=="}, {})
}
