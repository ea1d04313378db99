# METADATA
# title: Ingresses serve their hosts over TLS
# description: >-
#   Without a TLS section for a host, what users send to it can be read and changed on the way.
#    Add the host to tls, with a certificate.
# related_resources:
# - ref: https://kubernetes.io/docs/concepts/services-networking/ingress/#tls
# custom:
#   severity: medium
#   level: warn
#   controls:
#   - NSA/encryption
package portcullis.network.ingress_tls

import rego.v1

import data.portcullis.lib.kubernetes

deny contains message if {
	input.apiVersion == "networking.k8s.io/v1"
	input.kind == "Ingress"
	not is_exempt
	uncovered := sort({rule.host |
		some rule in input.spec.rules
		rule.host
		not covered(rule.host)
	})
	count(uncovered) > 0
	message := sprintf("Ingress %q serves %s without TLS", [kubernetes.name, concat(", ", uncovered)])
}

covered(_) if {
	some entry in input.spec.tls
	count(object.get(entry, "hosts", [])) == 0
}

covered(host) if {
	some entry in input.spec.tls
	some pattern in entry.hosts
	matches(pattern, host)
}

matches(pattern, host) if pattern == host

matches(pattern, host) if {
	startswith(pattern, "*.")
	trim_prefix(pattern, "*") == substring(host, indexof(host, "."), -1)
}

# The certificate is elsewhere.
is_exempt if {
	some key in {
		"alb.ingress.kubernetes.io/certificate-arn",
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate",
		"ingress.gcp.kubernetes.io/pre-shared-cert",
		"networking.gke.io/managed-certificates",
		"traefik.ingress.kubernetes.io/router.tls",
		"traefik.ingress.kubernetes.io/router.tls.certresolver",
	}
	input.metadata.annotations[key]
}

is_exempt if contains(input.metadata.annotations["alb.ingress.kubernetes.io/listen-ports"], "HTTPS")

is_exempt if input.spec.ingressClassName in {"tailscale", "cloudflare-tunnel"}
