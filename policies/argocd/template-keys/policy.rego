# METADATA
# title: Templates fail where a key is missing
# description: >-
#   A Go template renders a missing key as "<no value>", and Argo CD then syncs an Application with that text in its
#   name or path.
#    Set goTemplateOptions to missingkey=error.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/GoTemplate/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - argocd/reliability
#   fix:
#     in: object
#     add:
#       /spec/goTemplateOptions: [missingkey=error]
package portcullis.argocd.template_keys

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "ApplicationSet"
	startswith(input.apiVersion, "argoproj.io/")
	input.spec.goTemplate == true
	not "missingkey=error" in object.get(input.spec, "goTemplateOptions", [])
	message := sprintf("ApplicationSet %q renders a missing key as text", [kubernetes.name])
}
