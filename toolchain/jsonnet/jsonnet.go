package main

import (
	"encoding/json"

	"github.com/google/go-jsonnet"
	"portcullis.dev/toolchain/reactor"
)

type request struct {
	// Main is the path of the file to evaluate, among Files.
	Main  string         `json:"main"`
	Files []reactor.File `json:"files"`
	// SearchPath has the directories that imports are looked for in, the last one first.
	SearchPath []string   `json:"searchPath"`
	TLAs       []variable `json:"tlas"`
	ExtVars    []variable `json:"extVars"`
}

type variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Code  bool   `json:"code"`
}

type answer struct {
	// Documents has the objects as JSON texts.
	Documents []string `json:"documents,omitempty"`
	Failure   *failure `json:"failure,omitempty"`
}

// jsonnetOperation evaluates a file as findManifests and makeJsonnetVM of Argo CD's reposerver do.
func jsonnetOperation(text json.RawMessage, blob []byte) (any, []byte, error) {
	var asked request
	if err := json.Unmarshal(text, &asked); err != nil {
		return nil, nil, err
	}
	files, err := reactor.Files(asked.Files, blob)
	if err != nil {
		return nil, nil, err
	}
	vm := jsonnet.MakeVM()
	for _, one := range asked.TLAs {
		if one.Code {
			vm.TLACode(one.Name, one.Value)
		} else {
			vm.TLAVar(one.Name, one.Value)
		}
	}
	for _, one := range asked.ExtVars {
		if one.Code {
			vm.ExtCode(one.Name, one.Value)
		} else {
			vm.ExtVar(one.Name, one.Value)
		}
	}
	vm.Importer(newImporter(files, asked.SearchPath))
	var seen lastError
	vm.ErrorFormatter = &seen
	//nolint:staticcheck // EvaluateFile would ask the importer for the file as for an import of no file.
	output, err := vm.EvaluateSnippet(asked.Main, string(files[asked.Main]))
	if err != nil {
		return answer{Failure: failureOf(err, seen.err, files)}, nil, nil
	}
	documents, err := objectsIn([]byte(output))
	if err != nil {
		return answer{Failure: &failure{Message: err.Error(), Path: asked.Main}}, nil, nil
	}
	return answer{Documents: documents}, nil, nil
}
