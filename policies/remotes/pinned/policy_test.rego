package portcullis.remotes.pinned_test

import rego.v1

import data.portcullis.remotes.pinned

source(kind, spec) := {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "metadata": {"name": "apps", "namespace": "flux-system"}, "spec": spec}

git(ref) := source("GitRepository", {"url": "https://github.com/acme/apps", "ref": ref})

oci(ref) := source("OCIRepository", {"url": "oci://ghcr.io/acme/apps", "ref": ref})

chart(more) := source("HelmChart", object.union({"chart": "redis", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}, more))

application(more) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"source": more}}

test_what_moves_is_denied if {
	every object in [git({}), git({"branch": "main"}), git({"semver": ">=1.0.0"}), git({"name": "refs/heads/main"}), oci({}), oci({"tag": "latest"}), oci({"semver": "1.x"}), chart({}), chart({"version": "^1.0.0"}), source("GitRepository", {"url": "https://github.com/acme/apps"})] {
		count(pinned.deny) == 1 with input as object
	}
}

test_what_is_named_is_accepted if {
	every object in [git({"tag": "v1.2.3"}), git({"branch": "main", "commit": "2bd806c97f0e00af1a1fc3328fa763a9269723c8"}), git({"name": "refs/tags/v1"}), oci({"tag": "1.2.3"}), oci({"semver": "1.x", "digest": "sha256:00"}), chart({"version": "1.2.3"})] {
		count(pinned.deny) == 0 with input as object
	}
}

test_the_repository_of_flux_itself_follows_its_branch if {
	count(pinned.deny) == 0 with input as object.union(git({"branch": "main"}), {"metadata": {"name": "flux-system"}})
}

test_branches_of_named_places_are_accepted if {
	count(pinned.deny) == 0 with input as git({"branch": "main"}) with data.parameters as {"remotes/pinned": {"branches_of": ["https://github.com/acme/"]}}
}

test_a_chart_in_a_directory_has_the_version_of_its_commit if {
	count(pinned.deny) == 0 with input as chart({"sourceRef": {"kind": "GitRepository"}})
}

test_charts_of_an_application_have_a_version if {
	count(pinned.deny) == 1 with input as application({"repoURL": "https://charts.example.com", "chart": "redis", "targetRevision": "1.*"})
	count(pinned.deny) == 0 with input as application({"repoURL": "https://charts.example.com", "chart": "redis", "targetRevision": "1.2.3"})
}

test_repositories_of_applications_are_judged_where_the_own_ones_are_named if {
	elsewhere := {"repoURL": "https://github.com/other/apps", "path": "web"}
	count(pinned.deny) == 0 with input as application(elsewhere)
	every more in [{}, {"targetRevision": "main"}, {"targetRevision": "HEAD"}] {
		count(pinned.deny) == 1 with input as application(object.union(elsewhere, more)) with data.parameters as {"remotes/pinned": {"branches_of": ["https://github.com/acme/"]}}
	}
	every revision in ["v1.2.3", "1.0", "refs/tags/x", "2bd806c97f0e00af1a1fc3328fa763a9269723c8"] {
		count(pinned.deny) == 0 with input as application(object.union(elsewhere, {"targetRevision": revision})) with data.parameters as {"remotes/pinned": {"branches_of": ["https://github.com/acme/"]}}
	}
}

test_sources_of_one_application_are_judged_each if {
	object := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"}, "spec": {"sources": [{"repoURL": "https://charts.example.com", "chart": "a", "targetRevision": "*"}, {"repoURL": "https://charts.example.com", "chart": "b", "targetRevision": ">1"}]}}
	count(pinned.deny) == 2 with input as object
}
