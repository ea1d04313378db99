# METADATA
# title: Certificates of servers are verified
# description: >-
#   Who does not verify a certificate talks to whoever answers. Trust the authority that signed it.
# related_resources:
# - ref: https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/encryption
package portcullis.network.tls_verification

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.kind in {"APIService", "ServersTransport", "ServersTransportTCP", "DestinationRule", "ServiceMonitor", "PodMonitor", "ScrapeConfig"}
	walk(input.spec, [path, value])
	path[count(path) - 1] in {"insecureSkipTLSVerify", "insecureSkipVerify"}
	value == true
	message := sprintf("%s %q does not verify the certificate of the server", [input.kind, kubernetes.name])
}

deny contains message if {
	input.kind == "Ingress"
	input.metadata.annotations["nginx.ingress.kubernetes.io/proxy-ssl-verify"] == "off"
	message := sprintf("Ingress %q does not verify the certificate of the server", [kubernetes.name])
}
