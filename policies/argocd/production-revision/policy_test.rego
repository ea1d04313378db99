package portcullis.argocd.production_revision_test

import rego.v1

import data.portcullis.argocd.production_revision

application(name, destination, source) := {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": name}, "spec": {"destination": destination, "source": source}}

test_production_that_follows_head_is_denied if {
	production_revision.deny == {"Application \"web-prod\" follows HEAD in production"} with input as application("web-prod", {}, {})
	count(production_revision.deny) == 1 with input as application("web", {"name": "production"}, {"targetRevision": "HEAD"})
	count(production_revision.deny) == 1 with input as application("web", {"namespace": "web-prod-eu"}, {"targetRevision": ""})
	count(production_revision.deny) == 1 with input as application("web", {}, {}) with data.portcullis.environment as "prod-eu"
	count(production_revision.deny) == 1 with input as {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "prod"}, "spec": {"destination": {}, "sources": [{}]}}
}

test_versions_charts_and_other_environments_are_accepted if {
	count(production_revision.deny) == 0 with input as application("web-prod", {}, {"targetRevision": "v1.4.0"})
	count(production_revision.deny) == 0 with input as application("web-prod", {}, {"chart": "web"})
	count(production_revision.deny) == 0 with input as application("product", {}, {}) with data.portcullis.environment as "staging"
	every other in [{"apiVersion": "example.com/v1"}, {"kind": "AppProject"}] {
		count(production_revision.deny) == 0 with input as object.union(application("web-prod", {}, {}), other)
	}
}
