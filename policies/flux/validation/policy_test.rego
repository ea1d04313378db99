package portcullis.flux.validation_test

import rego.v1

import data.portcullis.flux.validation

release(spec) := {"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": {"name": "web"}, "spec": spec}

test_disabled_validation_is_denied if {
	every action in ["install", "upgrade"] {
		every field in ["disableOpenAPIValidation", "disableSchemaValidation"] {
			validation.deny == {sprintf("HelmRelease \"web\" sets %s.%s", [action, field])} with input as release({action: {field: true}})
			count(validation.deny) == 0 with input as release({action: {field: false}})
		}
	}
}

test_other_kinds_are_not_judged if {
	every other in [{"apiVersion": "helm.cattle.io/v1"}, {"kind": "HelmChart"}] {
		count(validation.deny) == 0 with input as object.union(release({"install": {"disableOpenAPIValidation": true}}), other)
	}
}
