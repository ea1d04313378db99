# METADATA
# title: What roles grant and whom bindings name
# description: The rules of a Role or ClusterRole, and the subjects of a RoleBinding or ClusterRoleBinding.
package portcullis.lib.rbac

import rego.v1

rules contains rule if {
	input.kind in {"Role", "ClusterRole"}
	startswith(input.apiVersion, "rbac.authorization.k8s.io/")
	some rule in input.rules
}

subjects contains subject if {
	input.kind in {"RoleBinding", "ClusterRoleBinding"}
	startswith(input.apiVersion, "rbac.authorization.k8s.io/")
	some subject in input.subjects
}

# Whether a rule is about an API group. A rule for all resources is that of rbac/wildcards.
of_group(rule, groups) if {
	some group in rule.apiGroups
	group in (groups | {"*"})
}

# The verbs of a rule that are among others, as a text; undefined where there is none.
verbs(rule, wanted) := concat(", ", granted) if {
	granted := [verb | some verb in rule.verbs; verb in (wanted | {"*"})]
	count(granted) > 0
}
