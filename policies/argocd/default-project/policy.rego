# METADATA
# title: Applications belong to a project of their own
# description: >-
#   The project default lets an Application deploy anything anywhere.
#   Create an AppProject and name it.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/least-privilege
package portcullis.argocd.default_project

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	application
	input.spec.project == "default"
	message := sprintf("Application %q is in the project default", [kubernetes.name])
}

deny contains message if {
	generated
	input.spec.template.spec.project == "default"
	message := sprintf("ApplicationSet %q creates Applications in the project default", [kubernetes.name])
}

argocd if startswith(input.apiVersion, "argoproj.io/")

application if {
	argocd
	input.kind == "Application"
}

generated if {
	argocd
	input.kind == "ApplicationSet"
}
