# METADATA
# title: Projects limit where they deploy from and to
# description: >-
#   An AppProject with a wildcard for all repositories, or for all clusters and namespaces, limits nothing.
#   List the ones that are needed.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/least-privilege
package portcullis.argocd.project_wildcards

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	project
	some repository in input.spec.sourceRepos
	repository == "*"
	message := sprintf("AppProject %q deploys from every repository", [kubernetes.name])
}

deny contains message if {
	project
	some destination in input.spec.destinations
	destination.namespace == "*"
	everywhere(destination)
	message := sprintf("AppProject %q deploys to every namespace of every cluster", [kubernetes.name])
}

everywhere(destination) if destination.server == "*"

everywhere(destination) if destination.name == "*"

project if {
	startswith(input.apiVersion, "argoproj.io/")
	input.kind == "AppProject"
}
