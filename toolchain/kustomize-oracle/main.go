// Command kustomize-oracle builds the roots that it is given, as often as told, in one process: what native Kustomize
// takes without the start of a program. Prints milliseconds for each round.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	rounds, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	for range rounds {
		start := time.Now()
		for _, root := range os.Args[2:] {
			built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), root)
			if err != nil {
				continue
			}
			if _, err := built.AsYaml(); err != nil {
				panic(err)
			}
		}
		fmt.Printf("%.1f\n", float64(time.Since(start).Microseconds())/1000)
	}
}
