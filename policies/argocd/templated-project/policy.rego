# METADATA
# title: ApplicationSets choose the project themselves
# description: >-
#   Whoever controls what a generator reads chooses the project of the Applications, and with it their rights.
#    Write the name of the project.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Security/
# custom:
#   severity: high
#   level: warn
#   controls:
#   - argocd/least-privilege
package portcullis.argocd.templated_project

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "ApplicationSet"
	startswith(input.apiVersion, "argoproj.io/")
	contains(input.spec.template.spec.project, "{{")
	message := sprintf("ApplicationSet %q takes the project from a generator", [kubernetes.name])
}
