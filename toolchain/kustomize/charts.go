package main

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
	k8syaml "sigs.k8s.io/yaml"
)

// chart is what Kustomize would have Helm render: the host does so and asks again with what came of it.
type chart struct {
	// Home is the directory of the chart in the tree.
	Home        string           `json:"home"`
	ReleaseName string           `json:"releaseName"`
	Namespace   string           `json:"namespace"`
	Values      []map[string]any `json:"values"`
	APIVersions []string         `json:"apiVersions,omitempty"`
	KubeVersion string           `json:"kubeVersion,omitempty"`
	IncludeCRDs bool             `json:"includeCrds"`
	SkipHooks   bool             `json:"skipHooks"`
	SkipTests   bool             `json:"skipTests"`

	file string
	line int
	// generator is the entry of `generators` that names it; empty for one of helmCharts.
	generator string
}

// configuredIn is the file that says which chart it is: the kustomization, or that of a generator.
func (c chart) configuredIn() string {
	if c.generator == "" || strings.Contains(c.generator, "\n") {
		return c.file
	}
	return path.Join(path.Dir(c.file), c.generator)
}

// renderedTemplate is what one template of a chart gave.
type renderedTemplate struct {
	Template string `json:"template"`
	YAML     string `json:"yaml"`
}

// chartEntry is an entry of helmCharts with the namespace that its kustomization has or inherits, or the configuration of
// a HelmChartInflationGenerator.
type chartEntry struct {
	types.HelmChart
	globals types.HelmGlobals
	file    string
	line    int
	// generator is the entry of `generators`, of whose charts this is the one of an index.
	generator string
	index     int
}

// chartEntries reads a kustomization's charts. What does not parse is left to the build to complain about.
func chartEntries(file string, content []byte, document *yaml.RNode, inherited string) []chartEntry {
	if !bytes.Contains(content, []byte("helmChart")) {
		return nil
	}
	var kustomization types.Kustomization
	if err := kustomization.Unmarshal(content); err != nil {
		return nil
	}
	kustomization.FixKustomization()
	nodes := append(items(document, "helmCharts"), items(document, "helmChartInflationGenerator")...)
	var found []chartEntry
	for i, one := range kustomization.HelmCharts {
		for _, namespace := range []string{kustomization.Namespace, inherited} {
			if one.Namespace == "" {
				one.Namespace = namespace
			}
		}
		entry := chartEntry{HelmChart: one, file: file, line: 1}
		if kustomization.HelmGlobals != nil {
			entry.globals = *kustomization.HelmGlobals
		}
		if i < len(nodes) {
			entry.line = nodes[i].YNode().Line
		}
		found = append(found, entry)
	}
	return found
}

// chartGenerators reads the charts that entries of `generators` name, in a file or in place. An entry that holds anything
// else is left to the build.
func chartGenerators(file string, document *yaml.RNode, files *tree) []chartEntry {
	var found []chartEntry
	for _, node := range items(document, "generators") {
		written := node.YNode().Value
		content := []byte(written)
		if !strings.Contains(written, "\n") {
			var known bool
			if content, known = files.files[path.Join(path.Dir(file), written)]; !known {
				continue
			}
		}
		for i, entry := range inflations(content) {
			entry.file, entry.line, entry.generator, entry.index = file, node.YNode().Line, written, i
			found = append(found, entry)
		}
	}
	return found
}

// inflations reads configurations of HelmChartInflationGenerator; none where there is anything else.
func inflations(content []byte) []chartEntry {
	if !bytes.Contains(content, []byte("HelmChartInflationGenerator")) {
		return nil
	}
	nodes, err := kio.FromBytes(content)
	if err != nil {
		return nil
	}
	var found []chartEntry
	for _, node := range nodes {
		text, err := node.String()
		if err != nil || node.GetApiVersion() != "builtin" || node.GetKind() != "HelmChartInflationGenerator" {
			return nil
		}
		var entry chartEntry
		if k8syaml.Unmarshal([]byte(text), &entry.HelmChart) != nil || k8syaml.Unmarshal([]byte(text), &entry.globals) != nil {
			return nil
		}
		found = append(found, entry)
	}
	return found
}

func (e chartEntry) fail(format string, details ...any) *failure {
	return &failure{Message: fmt.Sprintf("helmCharts: %s: ", e.Name) + fmt.Sprintf(format, details...), Path: inTree(e.file), Line: e.line}
}

// toRender follows HelmChartInflationGenerator: which values in which order, and where the chart lies.
func (e chartEntry) toRender(files *tree) (chart, *failure) {
	home := e.globals.ChartHome
	if home == "" {
		home = types.HelmDefaultHome
	}
	root := path.Dir(e.file)
	home = path.Join(root, home)
	if e.Version != "" && e.Repo != "" {
		home = path.Join(home, e.Name+"-"+e.Version)
	}
	home = path.Join(home, e.Name)
	if e.Name == "" || !files.IsDir(home) {
		from := ""
		if e.Repo != "" {
			from = " (" + strings.TrimSpace(e.Repo+" "+e.Version) + ")"
		}
		return chart{}, e.fail("the chart%s is not in the tree at %s, and nothing is fetched", from, inTree(home))
	}
	if e.NameTemplate != "" {
		return chart{}, e.fail("nameTemplate is not supported: name the release")
	}
	release := e.ReleaseName
	if release == "" {
		// Kustomize asks for a generated name, in place of which `helm template` always takes this one.
		release = "release-name"
	}
	valuesFile := path.Join(home, "values.yaml")
	if e.ValuesFile != "" {
		valuesFile = path.Join(root, e.ValuesFile)
	}
	first, err := e.firstValues(files, valuesFile)
	if err != nil {
		return chart{}, e.fail("%s", shown(err))
	}
	values := []map[string]any{first}
	for _, name := range e.AdditionalValuesFiles {
		more, err := readValues(files, path.Join(root, name))
		if err != nil {
			return chart{}, e.fail("%s", shown(err))
		}
		values = append(values, more)
	}
	if at := path.Join(root, e.generator); e.generator != "" && files.files[at] != nil {
		files.read[at]++
	}
	for full := range files.files {
		if strings.HasPrefix(full, home+"/") {
			files.read[full]++
		}
	}
	return chart{
		Home: inTree(home), ReleaseName: release, Namespace: e.Namespace, Values: values, APIVersions: e.ApiVersions,
		KubeVersion: e.KubeVersion, IncludeCRDs: e.IncludeCRDs, SkipHooks: e.SkipHooks, SkipTests: e.SkipTests,
		file: e.file, line: e.line, generator: e.generator,
	}, nil
}

func readValues(files *tree, file string) (map[string]any, error) {
	content, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var values map[string]any
	err = k8syaml.Unmarshal(content, &values)
	return values, err
}

func (e chartEntry) firstValues(files *tree, valuesFile string) (map[string]any, error) {
	if len(e.ValuesInline) == 0 {
		return readValues(files, valuesFile)
	}
	if e.ValuesMerge == "replace" {
		return e.ValuesInline, nil
	}
	content, err := files.ReadFile(valuesFile)
	if err != nil {
		return nil, err
	}
	fromFile, err := yaml.Parse(string(content))
	if err != nil {
		return nil, err
	}
	inline, err := yaml.FromMap(e.ValuesInline)
	if err != nil {
		return nil, err
	}
	var merged *yaml.RNode
	switch e.ValuesMerge {
	case "", "override":
		merged, err = merge2.Merge(inline, fromFile, yaml.MergeOptions{})
	case "merge":
		merged, err = merge2.Merge(fromFile, inline, yaml.MergeOptions{})
	default:
		return nil, fmt.Errorf("valuesMerge must be one of [merge override replace]")
	}
	if err != nil {
		return nil, err
	}
	return merged.Map()
}

// chartDirectory holds, beside a kustomization, what its charts rendered to.
const chartDirectory = ".portcullis-charts"

// install puts what charts rendered to in their place: as resources, marked as Kustomize marks Helm's, which keeps
// their namespaces.
func install(files *tree, charts []chart, rendered [][]renderedTemplate) *failure {
	added := map[string][]any{}
	for i, one := range charts {
		for j, template := range rendered[i] {
			nodes, err := kio.FromBytes([]byte(template.YAML))
			if err != nil {
				return &failure{Message: fmt.Sprintf("%s of the chart %s: %s", template.Template, one.Home, err), Path: inTree(one.file), Line: one.line}
			}
			var text strings.Builder
			for _, node := range nodes {
				if err := node.PipeE(yaml.SetAnnotation(konfig.HelmGeneratedAnnotation, "true")); err != nil {
					return &failure{Message: err.Error(), Path: inTree(one.file), Line: one.line}
				}
				document, err := node.String()
				if err != nil {
					return &failure{Message: err.Error(), Path: inTree(one.file), Line: one.line}
				}
				text.WriteString("---\n" + document)
			}
			if len(nodes) == 0 {
				continue
			}
			name := path.Join(chartDirectory, fmt.Sprintf("%d-%d.yaml", i, j))
			full := path.Join(path.Dir(one.file), name)
			files.add(full, []byte(text.String()))
			files.charts[full] = origin{Path: path.Join(one.Home, template.Template), ConfiguredIn: inTree(one.configuredIn())}
			added[one.file] = append(added[one.file], name)
		}
	}
	for _, one := range charts {
		resources := added[one.file]
		edited, err := edit(files.files[one.file], func(fields map[string]any) {
			delete(fields, "helmCharts")
			delete(fields, "helmChartInflationGenerator")
			dropGenerator(fields, one.generator)
			listed, _ := fields["resources"].([]any)
			if all := append(listed, resources...); len(all) > 0 {
				fields["resources"] = all
			}
		})
		if err != nil {
			return &failure{Message: err.Error(), Path: inTree(one.file), Line: one.line}
		}
		files.files[one.file] = edited
		delete(added, one.file)
	}
	return nil
}

// dropGenerator takes an entry out of a kustomization's generators.
func dropGenerator(fields map[string]any, entry string) {
	listed, isList := fields["generators"].([]any)
	if entry == "" || !isList {
		return
	}
	left := slices.DeleteFunc(listed, func(one any) bool { return one == entry })
	if len(left) == 0 {
		delete(fields, "generators")
	} else {
		fields["generators"] = left
	}
}

func sortedKeys[V any](from map[string]V) []string {
	keys := make([]string, 0, len(from))
	for key := range from {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
