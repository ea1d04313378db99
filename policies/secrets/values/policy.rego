# METADATA
# title: Values of charts hold no credentials
# description: >-
#   A password or token is written into the values of a chart, where everyone sees it who may read the repository.
#    Take it from a Secret: charts have a setting such as existingSecret, and Flux has valuesFrom.
# related_resources:
# - ref: https://fluxcd.io/flux/components/helm/helmreleases/#values-references
# custom:
#   severity: high
#   controls:
#   - CIS-Kubernetes/5.4.2
#   - NSA/secrets
package portcullis.secrets.values

import rego.v1

import data.portcullis.lib.credentials
import data.portcullis.lib.kubernetes

# One finding for each object, at the first key with a credential.
deny contains result if {
	count(readable) > 0
	message := sprintf("the values of %s %q hold %s in plain text", [input.kind, kubernetes.name, credentials.listed({key | some [_, key] in readable})])
	result := {"msg": message, "details": {"path": min({place | some [place, _] in readable})}}
}

# The place and the key of each credential.
readable contains [place, key] if {
	some [beginning, values] in settings
	walk(values, [path, value])
	key := path[count(path) - 1]
	is_string(key)
	credentials.readable(key, value)
	count(credentials.found(value)) == 0
	place := array.concat(beginning, path)
}

readable contains [place, parameter.name] if {
	some [beginning, source] in sources
	some i, parameter in source.helm.parameters
	credentials.readable(parameter.name, parameter.value)
	count(credentials.found(parameter.value)) == 0
	place := array.concat(beginning, ["helm", "parameters", i])
}

# Values as text are found at the text.
readable contains [place, key] if {
	some [place, text] in texts
	walk(yaml.unmarshal(text), [path, value])
	key := path[count(path) - 1]
	is_string(key)
	credentials.readable(key, value)
	count(credentials.found(value)) == 0
}

settings contains [["spec", "values"], input.spec.values] if release

settings contains [array.concat(beginning, ["helm", "valuesObject"]), source.helm.valuesObject] if some [beginning, source] in sources

texts contains [array.concat(beginning, ["helm", "values"]), source.helm.values] if some [beginning, source] in sources

texts contains [["spec", "valuesContent"], input.spec.valuesContent] if {
	input.kind == "HelmChart"
	startswith(input.apiVersion, "helm.cattle.io/")
}

release if {
	input.kind == "HelmRelease"
	startswith(input.apiVersion, "helm.toolkit.fluxcd.io/")
}

sources contains [["spec", "source"], input.spec.source] if application

sources contains [["spec", "sources", i], source] if {
	application
	some i, source in input.spec.sources
}

application if {
	input.kind == "Application"
	startswith(input.apiVersion, "argoproj.io/")
}
