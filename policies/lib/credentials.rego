# METADATA
# title: What looks like a credential
# description: >-
#   Text is judged by what it is called and by what it is. Tokens with a documented form, private keys and passwords in
#   addresses are found anywhere; a password is found by its key. Placeholders, references to a secret elsewhere and
#   encrypted values are none.
package portcullis.lib.credentials

import rego.v1

# The credentials with a form of their own that a text holds, by what they are called. Most text has none of the marks, and
# is not compared with the forms.
found(text) := {name |
	some name, form in forms
	some mark in form.marks
	contains(text, mark)
	some value in regex.find_n(form.pattern, text, 20)
	not placeholder(value)
	varied(value)
} | url_passwords(text)

# Forms as their vendors document them.
forms := {
	"a private key": {"marks": ["PRIVATE KEY"], "pattern": `-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])*[A-Za-z0-9+/]{40}`},
	"an age key": {"marks": ["AGE-SECRET-KEY-1"], "pattern": `AGE-SECRET-KEY-1[0-9A-Z]{58}`},
	"an AWS access key": {"marks": ["AKIA", "ASIA"], "pattern": `\b(?:AKIA|ASIA)[A-Z2-7]{16}\b`},
	"a Google API key": {"marks": ["AIza"], "pattern": `\bAIza[0-9A-Za-z_-]{35}\b`},
	"a Google client secret": {"marks": ["GOCSPX-"], "pattern": `\bGOCSPX-[0-9A-Za-z_-]{28}\b`},
	"an Azure storage key": {"marks": ["AccountKey="], "pattern": `AccountKey=[0-9A-Za-z+/]{86}==`},
	"an Azure client secret": {"marks": ["Q~"], "pattern": `\b[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}\b`},
	"a GitHub token": {"marks": ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"], "pattern": `\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{82})\b`},
	"a GitLab token": {"marks": ["glpat-"], "pattern": `\bglpat-[0-9A-Za-z_-]{20}`},
	"a Slack token": {"marks": ["xox"], "pattern": `\bxox[abeoprs]-[0-9A-Za-z-]{20,}`},
	"a Slack webhook": {"marks": ["hooks.slack.com"], "pattern": `https://hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{24}`},
	"a Stripe key": {"marks": ["k_live_"], "pattern": `\b[rs]k_live_[0-9A-Za-z]{24,}`},
	"an npm token": {"marks": ["npm_"], "pattern": `\bnpm_[0-9A-Za-z]{36}\b`},
	"a PyPI token": {"marks": ["pypi-"], "pattern": `\bpypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{50,}`},
	"a Docker Hub token": {"marks": ["dckr_pat_"], "pattern": `\bdckr_pat_[0-9A-Za-z_-]{27}`},
	"a Vault token": {"marks": ["hvs."], "pattern": `\bhvs\.[0-9A-Za-z_-]{24,}`},
	"a DigitalOcean token": {"marks": ["_v1_"], "pattern": `\bdo[op]_v1_[0-9a-f]{64}\b`},
	"a SendGrid key": {"marks": ["SG."], "pattern": `\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}`},
	"an OpenAI key": {"marks": ["T3BlbkFJ"], "pattern": `\bsk-(?:proj-|svcacct-)?[0-9A-Za-z_-]{20,}T3BlbkFJ[0-9A-Za-z_-]{20,}`},
	"an Anthropic key": {"marks": ["sk-ant-"], "pattern": `\bsk-ant-[a-z0-9]+-[0-9A-Za-z_-]{80,}`},
}

# Tokens of the documentation repeat one character.
varied(text) if count({letter | some letter in split(text, "")}) >= 8

url_passwords(text) := {"a password in an address" |
	contains(text, "@")
	contains(text, "://")
	some i, after in split(text, "://")
	i > 0
	parts := split(after, "@")
	regex.match(`^[A-Za-z0-9\[$]`, parts[1])
	login := parts[0]
	count(login) < 200
	not contains(login, "/")
	colon := indexof(login, ":")
	colon >= 0
	not regex.match(`[\s"'<>\\]`, login)
	password := substring(login, colon + 1, -1)
	count(password) >= 3
	not placeholder(password)
	not startswith(password, "$")
	not startswith(password, "%")
	not lower(password) in {"pass", "password", "passwd", "pwd", "secret", "token", "user", "username"}
}

# Text that somebody or something replaces before it is used.
placeholder(text) if trim_space(text) == ""

placeholder(text) if regex.match(placeholders, text)

placeholders := concat("|", [
	`(?i)change[-_ ]?(?:me|it|this)`,
	`replace[-_ ]?(?:me|it|this|with)|to[-_ ]?be[-_ ]?(?:replaced|set|defined|filled)`,
	`\byour[-_ ]|(?:^|[^.])example(?:[^.]|$)|placeholder|dummy|redacted|todo|fixme|tbd\b|x{4,}|\*{3,}|\.\.\.`,
	`insert[-_ ]|fill[-_ ]?(?:me|in)|not[-_ ]?set`,
	`^my[-_](?:[a-z]+[-_])*(?:key|secret|token|password)$`,
	`^(?-i:[A-Z]+(?:_[A-Z]+)+|SECRET|PASSWORD|TOKEN|KEY)$`,
	`^<[a-z][a-z _.-]*>$|^<[^<>]* [^<>]*>$|^\{[a-z_][a-z0-9_.]*\}$`,
	`\$\{[a-z_][a-z0-9_.]*(?::?[-=?+][^}0-9]*)?\}|\$\([a-z_][a-z0-9_]*\)|\{\{|<%|\[\[ `,
	`^(?:none|null|nil|true|false|unused|disabled|enabled|undefined|string|fake|mock|n/?a|-+|\$[a-z_][a-z0-9_]*)$`,
])

# Text that stands for a secret until a tool puts the secret in its place.
reference(text) if regex.match(references, trim_space(text))

references := concat("|", [
	`^op://[^/\t\r\n]+/[^/\t\r\n]+/[^\t\r\n]+$`, # 1Password, whose names may hold spaces
	`^(?:secret)?ref\+[a-z0-9]+://\S+$`, # vals, helm-secrets
	`^vault:[^\s#]+#\S+$`, # the webhook of Bank-Vaults
	`^<path:[^\s#]+#[^\s>]+>$`, # Argo CD Vault Plugin
	`^arn:aws[a-z-]*:(?:secretsmanager|ssm):\S+$`,
	`^projects/[^/\s]+/secrets/\S+$`, # Google Secret Manager
	`^\S+@azurekeyvault$`,
])

# SOPS encrypts each value and keeps the keys; age, PGP and Ansible encrypt a whole file.
encrypted(text) if startswith(text, "ENC[")

encrypted(text) if startswith(text, "-----BEGIN AGE ENCRYPTED FILE-----")

encrypted(text) if startswith(text, "-----BEGIN PGP MESSAGE-----")

encrypted(text) if startswith(text, "$ANSIBLE_VAULT;")

# Text that can be a credential at all.
literal(text) if {
	not placeholder(text)
	not reference(text)
	not encrypted(text)
}

# A key without what people separate words with.
plain_key(key) := lower(regex.replace(key, `[-_. ]`, ""))

# Whether a key says that its value is a password, which may be any word.
password_key(key) if {
	regex.match(`(?:password|passwd|passphrase|pwd|requirepass)$`, plain_key(key))
	not regex.match(`^(?:existing|no|show|forgot|reset|allow|enable)`, plain_key(key))
}

# Whether a key says that its value is a credential that a machine made.
token_key(key) if regex.match(`(?:apikey|secretkey|accesskey|authkey|encryptionkey|signingkey|masterkey|secret|token|credentials?)$`, plain_key(key))

# Whether a value under this key is a credential in plain text.
readable(key, value) if {
	is_string(value)
	password_key(key)
	literal(value)
	not is_name(value)
	not is_place(value)
	count(value) >= 3
}

readable(key, value) if {
	is_string(value)
	token_key(key)
	literal(value)
	random(value)
}

# Words with separators name something: a Secret, a key of one, a variable.
is_name(text) if regex.match(`^(?:[a-z]+(?:[-_.][a-z]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)$`, text)

is_place(text) if regex.match(`^(?:\.{0,2}/|~/|file:|https?://)`, text)

# What no person would choose: letters and digits in a text that is long and without words.
random(text) if {
	regex.match(`^[0-9A-Za-z+/=_.~!@#%^&*:-]{16,}$`, text)
	regex.match(`[0-9]`, text)
	regex.match(`[A-Za-z]`, text)
	varied(text)
	not is_place(text)
	not regex.match(`^[a-z]+(?:[-_.:/][a-z]*[0-9]{0,3})+$`, text)
	not regex.match(`^(?:[0-9a-z-]+\.)+[a-z]{2,}(?::[0-9]+)?(?:/|$)`, text)
}

# The keys of a file of settings (YAML, JSON, properties, a script that exports) with a credential in plain text.
assigned(text) := {match[1] |
	regex.match(`(?i)passw|passphrase|pwd|secret|token|key|credential`, text)
	some match in regex.find_all_string_submatch_n(assignment, text, 200)
	not regex.match(`^(?:self|this|cls)\.`, match[1])
	readable(match[1], match[2])
}

assignment := `(?m)^[\s{]*(?:export\s+|-\s+)?["']?([A-Za-z][\w.-]*)["']?\s*[:=]\s*["']?([^\s"',;]{3,})["']?\s*[,;}]*\s*(?:#.*)?$`

# A few names for a message.
listed(names) := concat(", ", sort(names)) if count(names) <= 5

listed(names) := sprintf("%s and %d more", [concat(", ", array.slice(sort(names), 0, 5)), count(names) - 5]) if count(names) > 5
