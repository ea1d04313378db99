# METADATA
# title: Flux asks no more often than it must
# description: >-
#   An interval below half a minute asks the API server, or a server of somebody else, without a pause.
#    Use a longer interval, and a Receiver for changes that must arrive at once.
# related_resources:
# - ref: https://fluxcd.io/flux/components/notification/receivers/
# custom:
#   severity: low
#   level: warn
#   controls:
#   - flux/reliability
package portcullis.flux.interval

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	regex.match(`^[a-z]+\.toolkit\.fluxcd\.io/`, input.apiVersion)
	some field in ["interval", "retryInterval"]
	time.parse_duration_ns(input.spec[field]) < shortest
	message := sprintf("%s %q has the %s %s", [input.kind, kubernetes.name, field, input.spec[field]])
}

shortest := 30 * 1000000000
