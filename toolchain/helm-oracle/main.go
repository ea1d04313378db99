// Command helm-oracle is Helm as its authors build it, to compare with. Without arguments it prints the API versions that
// Helm knows without a cluster as toolchain/helm/known_versions.go, so that Kubernetes' types need not be linked into the
// shim; with a number and the directory of a chart it renders that chart so many times and prints the milliseconds taken.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"strconv"
	"time"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
)

func main() {
	if len(os.Args) == 3 {
		renderOften(os.Args[1], os.Args[2])
		return
	}
	versions := append([]string{}, chartutil.DefaultVersionSet...)
	sort.Strings(versions)
	fmt.Print("package main\n\n// From toolchain/helm-oracle: run `go run . > ../helm/known_versions.go` there after a change of Helm's version.\nvar knownVersions = []string{\n")
	for _, version := range versions {
		fmt.Printf("\t%q,\n", version)
	}
	fmt.Println("}")
}

func renderOften(number, directory string) {
	log.SetOutput(io.Discard)
	times, err := strconv.Atoi(number)
	if err != nil {
		log.Fatal(err)
	}
	start := time.Now()
	for range times {
		if err := render(directory); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println(time.Since(start).Milliseconds())
}

// render is what `helm template` does, without starting a process.
func render(directory string) error {
	loaded, err := loader.Load(directory)
	if err != nil {
		return err
	}
	install := action.NewInstall(&action.Configuration{Log: func(string, ...any) {}})
	install.DryRun, install.ClientOnly, install.Replace, install.IncludeCRDs = true, true, true, true
	install.ReleaseName, install.Namespace = "web", "default"
	install.KubeVersion = &chartutil.KubeVersion{Version: "v1.37.0", Major: "1", Minor: "37"}
	_, err = install.Run(loaded, nil)
	return err
}
