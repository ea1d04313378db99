# METADATA
# title: What comes from elsewhere is pinned
# description: >-
#   A branch, a range or the tag latest changes what runs without a commit here.
#   Name a version, a tag, a commit or a digest.
# related_resources:
# - ref: https://fluxcd.io/flux/components/source/gitrepositories/#reference
# custom:
#   parameters:
#     branches_of: { type: array, items: { type: string }, description: "Beginnings of URLs whose repositories may be followed by branch; none: all." }
#   severity: medium
#   level: warn
#   controls:
#   - flux/drift
package portcullis.remotes.pinned

import rego.v1

import data.portcullis.lib.kubernetes

# A Git repository of Flux that follows a branch, or nothing that is named.
deny contains message if {
	git_repository
	not own
	not fixed_revision
	not input.spec.ref.semver
	not input.spec.ref.branch
	message := sprintf("GitRepository %q follows the branch master", [kubernetes.name])
}

deny contains message if {
	git_repository
	not own
	not fixed_revision
	not input.spec.ref.semver
	branch := input.spec.ref.branch
	branch != ""
	message := sprintf("GitRepository %q follows the branch %q", [kubernetes.name, branch])
}

deny contains message if {
	git_repository
	not own
	not fixed_revision
	semver := input.spec.ref.semver
	semver != ""
	message := sprintf("GitRepository %q follows the tags in %q", [kubernetes.name, semver])
}

# An artifact without a tag, or with one that moves.
deny contains message if {
	oci_repository
	not input.spec.ref.digest
	not input.spec.ref.semver
	not input.spec.ref.tag
	message := sprintf("OCIRepository %q takes the tag latest", [kubernetes.name])
}

deny contains message if {
	oci_repository
	not input.spec.ref.digest
	semver := input.spec.ref.semver
	semver != ""
	message := sprintf("OCIRepository %q follows the tags in %q", [kubernetes.name, semver])
}

deny contains message if {
	oci_repository
	not input.spec.ref.digest
	not input.spec.ref.semver
	input.spec.ref.tag == "latest"
	message := sprintf("OCIRepository %q takes the tag latest", [kubernetes.name])
}

# A chart that is asked for by a range. HelmReleases are judged by flux/chart-version.
deny contains message if {
	helm_chart
	not input.spec.version

	# portcullis-lint ignore: silent-message a chart without a name is refused by its schema
	message := sprintf("HelmChart %q takes the newest version of %q", [kubernetes.name, input.spec.chart])
}

deny contains message if {
	helm_chart
	version := input.spec.version
	moving(version)

	# portcullis-lint ignore: silent-message a chart without a name is refused by its schema
	message := sprintf("HelmChart %q takes version range %q of %q", [kubernetes.name, version, input.spec.chart])
}

deny contains message if {
	some source in sources
	source.chart
	moving(source.targetRevision)
	message := sprintf("Application %q installs chart %q in version range %q", [kubernetes.name, source.chart, source.targetRevision])
}

# A repository of Argo CD, where it is known which ones may be followed by branch.
deny contains message if {
	count(branches_of) > 0
	some source in sources
	not source.chart
	not followed(source.repoURL)
	revision := object.get(source, "targetRevision", "HEAD")
	not pinned_revision(revision)

	# portcullis-lint ignore: silent-message a source without a URL is refused by Argo CD
	message := sprintf("Application %q follows %q of %s", [kubernetes.name, revision, source.repoURL])
}

git_repository if {
	startswith(input.apiVersion, "source.toolkit.fluxcd.io/")
	input.kind == "GitRepository"
}

oci_repository if {
	startswith(input.apiVersion, "source.toolkit.fluxcd.io/")
	input.kind == "OCIRepository"
}

helm_chart if {
	startswith(input.apiVersion, "source.toolkit.fluxcd.io/")
	input.kind == "HelmChart"
	input.spec.sourceRef.kind == "HelmRepository"
}

sources contains input.spec.source if application

sources contains source if {
	application
	some source in input.spec.sources
}

application if {
	startswith(input.apiVersion, "argoproj.io/")
	input.kind == "Application"
}

# Flux's order: a commit, else a name, wins over everything else.
fixed_revision if input.spec.ref.commit

fixed_revision if not startswith(input.spec.ref.name, "refs/heads/")

fixed_revision if {
	input.spec.ref.tag
	not input.spec.ref.semver
}

# The repository that Flux is bootstrapped from follows its branch: that is what it is for.
own if {
	input.metadata.name == "flux-system"
	input.metadata.namespace == "flux-system"
}

own if followed(input.spec.url)

followed(url) if {
	some start in branches_of
	startswith(url, start)
}

branches_of := data.parameters["remotes/pinned"].branches_of

pinned_revision(revision) if regex.match(`^([0-9a-f]{40}|refs/tags/.+|v?[0-9]+(\.[0-9]+)+([-+].+)?)$`, revision)

moving(version) if regex.match(`[<>~^|,]|\s-\s|(^|\.)[*xX]($|\.)`, version)
