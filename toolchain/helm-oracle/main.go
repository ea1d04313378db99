// Command helm-oracle prints the API versions that Helm knows without a cluster as toolchain/helm/known_versions.go, so
// that Kubernetes' types need not be linked into the shim.
package main

import (
	"fmt"
	"sort"

	"helm.sh/helm/v3/pkg/chartutil"
)

func main() {
	versions := append([]string{}, chartutil.DefaultVersionSet...)
	sort.Strings(versions)
	fmt.Print("package main\n\n// From toolchain/helm-oracle: run `go run . > ../helm/known_versions.go` there after a change of Helm's version.\nvar knownVersions = []string{\n")
	for _, version := range versions {
		fmt.Printf("\t%q,\n", version)
	}
	fmt.Println("}")
}
