package main

import (
	"fmt"

	"helm.sh/helm/v3/pkg/chartutil"
)

const helmVersion = "v3.22.0"

// Helm's own build tells its packages the version and the Kubernetes version that it is made for.
func init() {
	assumed := chartutil.DefaultCapabilities
	assumed.HelmVersion.Version = helmVersion
	assumed.APIVersions = knownVersions
	assumed.KubeVersion = chartutil.KubeVersion{Version: "v1.37.0", Major: "1", Minor: "37"}
	chartutil.DefaultVersionSet = knownVersions
}

func capabilities(kubeVersion string, apiVersions []string) (*chartutil.Capabilities, error) {
	assumed := chartutil.DefaultCapabilities.Copy()
	assumed.APIVersions = append(append(chartutil.VersionSet{}, assumed.APIVersions...), apiVersions...)
	if kubeVersion != "" {
		parsed, err := chartutil.ParseKubeVersion(kubeVersion)
		if err != nil {
			return nil, failure{Message: fmt.Sprintf("invalid kube version '%s': %v", kubeVersion, err)}
		}
		assumed.KubeVersion = *parsed
	}
	return assumed, nil
}
