# METADATA
# title: Sync options are spelled as Argo CD knows them
# description: >-
#   Argo CD ignores an option that it does not know, so that the sync does not do what the manifest asks for.
# related_resources:
# - ref: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - argocd/reliability
package portcullis.argocd.sync_options

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
	some option in input.spec.syncPolicy.syncOptions
	not known(option)
	message := sprintf("Application %q has the sync option %v, which Argo CD does not know", [kubernetes.name, option])
}

known(option) if regex.match(`^(Validate|CreateNamespace|PrunePropagationPolicy|PruneLast|Replace|ServerSideApply|ClientSideApplyMigration|ApplyOutOfSyncOnly|RespectIgnoreDifferences|FailOnSharedResource|SkipDryRunOnMissingResource|Prune|Delete|Force|SkipSchemaValidation)=[A-Za-z]+$`, option)
