package main

import (
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"sigs.k8s.io/yaml"
)

// chartPaths tells the file of the request behind the name that Helm gives a template. Helm names a chart by its name or
// alias, where files lie in a directory of any name.
type chartPaths struct {
	root string
	// By full name of a chart, such as `web/charts/db`.
	directories map[string]string
}

func pathsOf(root *chart.Chart, files map[string][]byte) chartPaths {
	metadata := map[string]*chart.Metadata{}
	for name, data := range files {
		parsed := new(chart.Metadata)
		if path.Base(name) == "Chart.yaml" && yaml.Unmarshal(data, parsed) == nil {
			metadata[path.Dir(name)] = parsed
		}
	}
	paths := chartPaths{root: root.Name(), directories: map[string]string{root.Name(): "."}}
	paths.add(root.Name(), ".", metadata)
	return paths
}

func (p chartPaths) add(name, directory string, metadata map[string]*chart.Metadata) {
	for child, data := range metadata {
		parent, base := path.Split(child)
		if base == "charts" || path.Clean(parent) != path.Join(directory, "charts") {
			continue
		}
		names := []string{data.Name}
		if own := metadata[directory]; own != nil {
			for _, dependency := range own.Dependencies {
				if dependency != nil && dependency.Name == data.Name && dependency.Alias != "" {
					names = append(names, dependency.Alias)
				}
			}
		}
		for _, one := range names {
			full := name + "/charts/" + one
			if _, known := p.directories[full]; !known {
				p.directories[full] = child
				p.add(full, child, metadata)
			}
		}
	}
}

// of gives the path within the chart; for a chart from an archive, the one that Helm names it by.
func (p chartPaths) of(name string) string {
	for at := len(name); at > 0; at = strings.LastIndexByte(name[:at], '/') {
		if directory, known := p.directories[name[:at]]; known {
			return path.Join(directory, strings.TrimPrefix(name[at:], "/"))
		}
	}
	return strings.TrimPrefix(name, p.root+"/")
}
