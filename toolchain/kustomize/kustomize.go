package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"portcullis.dev/toolchain/reactor"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

type kustomizeRequest struct {
	Root  string         `json:"root"`
	Files []reactor.File `json:"files"`
	// Anywhere lets a kustomization read files of the whole tree, as Flux does.
	Anywhere bool `json:"anywhere"`
	// Vendored has the directory in the tree that stands in for a remote entry.
	Vendored map[string]string `json:"vendored"`
}

type origin struct {
	Path         string `json:"path,omitempty"`
	ConfiguredIn string `json:"configuredIn,omitempty"`
}

type kustomizeAnswer struct {
	Origins []origin `json:"origins"`
	Reads   []string `json:"reads"`
	Failure *failure `json:"failure,omitempty"`
}

// failure is about the input.
type failure struct {
	Message string `json:"message"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Document is the index of the one it is about.
	Document *int `json:"document,omitempty"`
}

func kustomizeOperation(raw json.RawMessage, blob []byte) (any, []byte, error) {
	var request kustomizeRequest
	if err := json.Unmarshal(raw, &request); err != nil {
		return nil, nil, err
	}
	files, err := reactor.Files(request.Files, blob)
	if err != nil {
		return nil, nil, err
	}
	yaml, answer := kustomize(request, newTree(files))
	return answer, yaml, nil
}

func kustomize(request kustomizeRequest, files *tree) ([]byte, kustomizeAnswer) {
	root := path.Join(mount, request.Root)
	found := survey(files, root)
	if found.customSchema {
		// Schemas are global to the process: neither may this build see those of an earlier one, nor leave its own.
		openapi.ResetOpenAPI()
		defer openapi.ResetOpenAPI()
	}
	if failure := found.vendor(files, request.Vendored); failure != nil {
		return nil, kustomizeAnswer{Failure: failure}
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if request.Anywhere {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	plain, err := build(options, files, root)
	if err != nil {
		return nil, kustomizeAnswer{Failure: found.explain(files, err)}
	}
	reads := files.reads()
	var yaml bytes.Buffer
	for i, one := range plain.Resources() {
		if i > 0 {
			yaml.WriteString("---\n")
		}
		text, err := one.AsYAML()
		if err != nil {
			return nil, kustomizeAnswer{Failure: &failure{Message: shown(err)}}
		}
		yaml.Write(text)
	}
	return yaml.Bytes(), kustomizeAnswer{Reads: reads, Origins: origins(options, files, root, plain)}
}

// build recovers from what Kustomize panics about.
func build(options *krusty.Options, files *tree, root string) (result resmap.ResMap, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			openapi.ResetOpenAPI()
			err = fmt.Errorf("kustomize panicked: %v", trouble)
		}
	}()
	return krusty.MakeKustomizer(options).Run(files, root)
}

// origins builds once more with Kustomize's own annotations. It is a build beside the real one because an annotation
// more can change what patches do: `add /metadata/annotations/x` fails where there are none.
func origins(options *krusty.Options, files *tree, root string, plain resmap.ResMap) []origin {
	list := make([]origin, plain.Size())
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		file := path.Join(root, name)
		content, found := files.files[file]
		if !found {
			continue
		}
		files.files[file] = withOrigins(content)
		annotated, err := build(options, files, root)
		files.files[file] = content
		if err != nil || annotated.Size() != plain.Size() {
			return list
		}
		for i, one := range annotated.Resources() {
			if one.CurId() != plain.Resources()[i].CurId() {
				continue
			}
			if from, err := one.GetOrigin(); err == nil && from != nil {
				list[i] = origin{Path: below(root, from.Path), ConfiguredIn: below(root, from.ConfiguredIn)}
			}
		}
	}
	return list
}

// below is a path of the tree for one that is relative to the root.
func below(root, relative string) string {
	if relative == "" {
		return ""
	}
	return inTree(path.Join(root, relative))
}

func withOrigins(kustomization []byte) []byte {
	edited, err := edit(kustomization, func(fields map[string]any) {
		listed, _ := fields["buildMetadata"].([]any)
		if !slices.Contains(listed, any(types.OriginAnnotations)) {
			fields["buildMetadata"] = append(listed, types.OriginAnnotations)
		}
	})
	if err != nil {
		return kustomization
	}
	return edited
}

var mounted = regexp.MustCompile(regexp.QuoteMeta(mount) + `(/?)`)

// shown is Kustomize's own text with paths as the tree has them.
func shown(err error) string {
	text := mounted.ReplaceAllStringFunc(err.Error(), func(found string) string {
		if strings.HasSuffix(found, "/") {
			return ""
		}
		return "."
	})
	return strings.TrimSpace(text)
}
