package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/releaseutil"
	"portcullis.dev/toolchain/helm/manifests"
	"portcullis.dev/toolchain/reactor"
)

type helmRequest struct {
	Files       []reactor.File   `json:"files"`
	ReleaseName string           `json:"releaseName"`
	Namespace   string           `json:"namespace"`
	Values      []map[string]any `json:"values"`
	Set         []setting        `json:"set"`
	KubeVersion string           `json:"kubeVersion"`
	APIVersions []string         `json:"apiVersions"`
	IncludeCrds bool             `json:"includeCrds"`
	IsUpgrade   bool             `json:"isUpgrade"`
}

type helmAnswer struct {
	Documents []document      `json:"documents"`
	Values    json.RawMessage `json:"values"`
	Notes     []string        `json:"notes,omitempty"`
}

// document is one of those whose texts are the binary part, one after the other.
type document struct {
	Size     int    `json:"size"`
	Template string `json:"template"`
	Hook     bool   `json:"hook,omitempty"`
	yaml     string
	// The template by Helm's own name.
	source string
	crd    bool
}

// prepared is a chart ready to be rendered.
type prepared struct {
	chart   *chart.Chart
	paths   chartPaths
	version *chartutil.Capabilities
	values  chartutil.Values
	notes   []string
}

// helmOperation answers as `helm template` would: hooks and tests are in, NOTES.txt is not, `lookup` finds nothing.
func helmOperation(text json.RawMessage, blob []byte) (any, []byte, error) {
	request, ready, err := prepare(text, blob)
	if err != nil {
		return failed(err)
	}
	// Templates may change their values.
	merged, err := json.Marshal(ready.values["Values"])
	if err != nil {
		return failed(failure{Message: fmt.Sprintf("the values are no JSON: %v", err)})
	}
	files, err := engine.Engine{}.Render(ready.chart, ready.values)
	if err != nil {
		return failed(renderFailure(err, ready.paths))
	}
	documents, err := documentsOf(files, ready, request.IncludeCrds)
	if err != nil {
		return failed(renderFailure(err, ready.paths))
	}
	return helmAnswer{Documents: documents, Values: merged, Notes: ready.notes}, textsOf(documents), nil
}

// textsOf gives the texts of documents end to end, and notes their sizes. What is no UTF-8 is replaced, byte by byte.
func textsOf(documents []document) []byte {
	var texts []byte
	for at := range documents {
		text := documents[at].yaml
		if !utf8.ValidString(text) {
			text = string([]rune(text))
		}
		documents[at].Size = len(text)
		texts = append(texts, text...)
	}
	return texts
}

// Some messages quote a whole template, or every call of a thousand; the cause stands at the end.
const longestMessage = 2000

// failed tells what the chart brought about apart from what is wrong with the request.
func failed(err error) (any, []byte, error) {
	var known failure
	if errors.As(err, &known) {
		if length := len(known.Message); length > longestMessage {
			known.Message = strings.ToValidUTF8(known.Message[:longestMessage/2]+" … "+known.Message[length-longestMessage/2:], "")
		}
		return map[string]failure{"failure": known}, nil, nil
	}
	return nil, nil, err
}

// The steps and their order are those of Helm's install action, as `helm template` runs it.
func prepare(text json.RawMessage, blob []byte) (helmRequest, *prepared, error) {
	var request helmRequest
	if err := json.Unmarshal(text, &request); err != nil {
		return request, nil, err
	}
	if err := chartutil.ValidateReleaseName(request.ReleaseName); err != nil {
		return request, nil, failure{Message: fmt.Sprintf("release name %q: %v", request.ReleaseName, err)}
	}
	files, err := reactor.Files(request.Files, blob)
	if err != nil {
		return request, nil, err
	}
	loaded, err := loadChart(files)
	if err != nil {
		return request, nil, err
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return request, nil, failure{Message: kind + " charts are not installable", Path: "Chart.yaml"}
	}
	if err := checkDependencies(loaded); err != nil {
		return request, nil, err
	}
	values, err := mergeValues(request.Values, request.Set)
	if err != nil {
		return request, nil, err
	}
	ready := &prepared{chart: loaded, paths: pathsOf(loaded, files)}
	if err := chartutil.ProcessDependenciesWithMerge(loaded, values); err != nil {
		return request, nil, failure{Message: err.Error()}
	}
	if ready.version, err = capabilities(request.KubeVersion, request.APIVersions); err != nil {
		return request, nil, err
	}
	ready.notes = withoutRemoteSchemas(loaded)
	options := chartutil.ReleaseOptions{
		Name:      request.ReleaseName,
		Namespace: request.Namespace,
		Revision:  1,
		IsInstall: !request.IsUpgrade,
		IsUpgrade: request.IsUpgrade,
	}
	if ready.values, err = chartutil.ToRenderValues(loaded, values, options, ready.version); err != nil {
		return request, nil, failure{Message: strings.TrimSpace(err.Error())}
	}
	if wanted := loaded.Metadata.KubeVersion; wanted != "" {
		if has := ready.version.KubeVersion.Version; !chartutil.IsCompatibleRange(wanted, has) {
			return request, nil, failure{Message: fmt.Sprintf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, has), Path: "Chart.yaml"}
		}
	}
	return request, ready, nil
}

// checkDependencies names what Chart.yaml asks for and charts/ does not hold.
func checkDependencies(loaded *chart.Chart) error {
	present := map[string]bool{}
	for _, dependency := range loaded.Dependencies() {
		present[dependency.Name()] = true
	}
	var missing []string
	for _, dependency := range loaded.Metadata.Dependencies {
		if dependency != nil && !present[dependency.Name] {
			missing = append(missing, dependency.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return failure{
		Message: fmt.Sprintf("found in Chart.yaml, but missing in charts/ directory: %s", strings.Join(missing, ", ")),
		Path:    "Chart.yaml",
	}
}

const notes = "NOTES.txt"

func documentsOf(files map[string]string, ready *prepared, includeCrds bool) ([]document, error) {
	for name := range files {
		if strings.HasSuffix(name, notes) {
			delete(files, name)
		}
	}
	hooks, others, err := manifests.Sort(files, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	documents := []document{}
	if includeCrds {
		for _, crd := range ready.chart.CRDObjects() {
			for _, text := range manifests.SplitStream(string(crd.File.Data)) {
				documents = append(documents, document{yaml: text, Template: ready.paths.of(crd.Filename), source: crd.Filename, crd: true})
			}
		}
	}
	for _, one := range others {
		documents = append(documents, document{yaml: one.Content, Template: ready.paths.of(one.Name), source: one.Name})
	}
	for _, hook := range hooks {
		documents = append(documents, document{yaml: hook.Manifest, Template: ready.paths.of(hook.Path), source: hook.Path, Hook: true})
	}
	return documents, nil
}

// withoutRemoteSchemas makes what a values schema refers to by URL permit everything, as Helm does with URNs it does not
// know: nothing is fetched. Returns what was left out.
func withoutRemoteSchemas(loaded *chart.Chart) []string {
	var left []string
	if loaded.Schema != nil {
		var schema any
		if json.Unmarshal(loaded.Schema, &schema) == nil {
			ids := map[string]bool{}
			collectIds(schema, ids)
			if found := replaceRemote(schema, ids); len(found) > 0 {
				if text, err := json.Marshal(schema); err == nil {
					loaded.Schema = text
					for _, url := range found {
						left = append(left, fmt.Sprintf("%s of %s refers to %s, which is not fetched: that part accepts any value", path.Base("values.schema.json"), loaded.ChartFullPath(), url))
					}
				}
			}
		}
	}
	for _, child := range loaded.Dependencies() {
		left = append(left, withoutRemoteSchemas(child)...)
	}
	return left
}

func collectIds(schema any, ids map[string]bool) {
	switch node := schema.(type) {
	case map[string]any:
		if id, isText := node["$id"].(string); isText {
			ids[strings.TrimSuffix(id, "#")] = true
		}
		for _, child := range node {
			collectIds(child, ids)
		}
	case []any:
		for _, child := range node {
			collectIds(child, ids)
		}
	}
}

func replaceRemote(schema any, ids map[string]bool) []string {
	var found []string
	switch node := schema.(type) {
	case map[string]any:
		for _, key := range []string{"$ref", "$schema"} {
			reference, isText := node[key].(string)
			if !isText || !strings.HasPrefix(reference, "http://") && !strings.HasPrefix(reference, "https://") {
				continue
			}
			address, _, _ := strings.Cut(reference, "#")
			if ids[address] || strings.HasPrefix(address, "http://json-schema.org/") || strings.HasPrefix(address, "https://json-schema.org/") {
				continue
			}
			if key == "$schema" {
				delete(node, key)
			} else {
				node[key] = "urn:portcullis:not-fetched"
			}
			found = append(found, reference)
		}
		for _, child := range node {
			found = append(found, replaceRemote(child, ids)...)
		}
	case []any:
		for _, child := range node {
			found = append(found, replaceRemote(child, ids)...)
		}
	}
	return found
}
