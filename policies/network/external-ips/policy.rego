# METADATA
# title: Services take no traffic for addresses that they name themselves
# description: >-
#   A Service with externalIPs receives the traffic of the whole cluster to these addresses, whoever owns them
#   (CVE-2020-8554).
#    Use a LoadBalancer or an Ingress.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/service/#external-ips
# custom:
#   severity: high
#   level: warn
#   controls:
#   - CVE-2020-8554
#   - NSA/network-separation
package portcullis.network.external_ips

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind == "Service"
	input.apiVersion == "v1"
	count(input.spec.externalIPs) > 0
	message := sprintf("Service %q takes traffic for %s", [kubernetes.name, concat(", ", input.spec.externalIPs)])
}
