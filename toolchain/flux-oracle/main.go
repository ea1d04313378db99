// Command flux-oracle builds what kustomize-controller would apply for a Kustomization. It is used by tests only.
//
// Standard input is a JSON array of cases: the files of a source by path, the directory that spec.path names, the
// Kustomization object, and files that stand in for others where somebody else has prepared the kustomization. Standard
// output is a JSON array with, for each case, what Flux's own generator, build and substitution of inline variables make of
// it ("flux") and what the same build makes of the files as somebody else prepared them ("ours"): {"yaml": text} or
// {"error": text}.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	"github.com/fluxcd/pkg/kustomize"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type question struct {
	Files         map[string]string      `json:"files"`
	Directory     string                 `json:"directory"`
	Kustomization map[string]interface{} `json:"kustomization"`
	Overrides     map[string]string      `json:"overrides"`
}

type answer struct {
	YAML  string `json:"yaml,omitempty"`
	Error string `json:"error,omitempty"`
}

type answers struct {
	Flux answer `json:"flux"`
	Ours answer `json:"ours"`
}

func main() {
	var questions []question
	if err := json.NewDecoder(os.Stdin).Decode(&questions); err != nil {
		log.Fatal(err)
	}
	results := make([]answers, 0, len(questions))
	for _, q := range questions {
		results = append(results, answers{
			Flux: in(q.Files, nil, func(root string) ([]byte, error) {
				directory := filepath.Join(root, q.Directory)
				object := unstructured.Unstructured{Object: q.Kustomization}
				if _, err := kustomize.NewGenerator(root, object).WriteFile(directory); err != nil {
					return nil, err
				}
				return build(root, directory, &object)
			}),
			Ours: in(q.Files, q.Overrides, func(root string) ([]byte, error) {
				return build(root, filepath.Join(root, q.Directory), nil)
			}),
		})
	}
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

// build renders a directory and, for an object, substitutes its inline variables.
func build(root, directory string, object *unstructured.Unstructured) ([]byte, error) {
	resources, err := kustomize.SecureBuild(root, directory, false)
	if err != nil {
		return nil, err
	}
	if object == nil {
		return resources.AsYaml()
	}
	if _, found, _ := unstructured.NestedMap(object.Object, "spec", "postBuild"); !found {
		return resources.AsYaml()
	}
	strategy, _, _ := unstructured.NestedString(object.Object, "spec", "postBuild", "substituteStrategy")
	for _, resource := range resources.Resources() {
		substituted, err := kustomize.SubstituteVariables(context.Background(), nil, *object, resource,
			kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithAlways(strategy == "Always"))
		if err != nil {
			return nil, err
		}
		if substituted != nil {
			if _, err := resources.Replace(substituted); err != nil {
				return nil, err
			}
		}
	}
	return resources.AsYaml()
}

// in runs a build over files written to a directory of its own.
func in(files, overrides map[string]string, run func(root string) ([]byte, error)) answer {
	root, err := os.MkdirTemp("", "flux-oracle-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(root)
	for _, set := range []map[string]string{files, overrides} {
		for name, text := range set {
			path := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				log.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				log.Fatal(err)
			}
		}
	}
	yaml, err := run(root)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{YAML: string(yaml)}
}
