package main

import (
	"encoding/json"
	"fmt"
	"path"

	"github.com/google/go-jsonnet"
)

// parseJsonnet does what conftest's parser does, with imports from the files at hand.
func parseJsonnet(main string, files map[string][]byte) (any, error) {
	vm := jsonnet.MakeVM()
	vm.ErrorFormatter.SetMaxStackTraceSize(20)
	contents := make(map[string]jsonnet.Contents, len(files))
	for name, bytes := range files {
		contents[name] = jsonnet.MakeContentsRaw(bytes)
	}
	vm.Importer(&importer{files: contents, directory: path.Dir(main)})
	text, err := vm.EvaluateAnonymousSnippet("", string(files[main]))
	if err != nil {
		return nil, fmt.Errorf("evaluate anonymous snippet: %w", err)
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return nil, fmt.Errorf("unmarshal json failed: %w", err)
	}
	return value, nil
}

type importer struct {
	files     map[string]jsonnet.Contents
	directory string
}

func (i *importer) Import(importedFrom, importedPath string) (jsonnet.Contents, string, error) {
	for _, directory := range []string{path.Dir(importedFrom), i.directory} {
		at := path.Join(directory, importedPath)
		if contents, found := i.files[at]; found {
			return contents, at, nil
		}
	}
	return jsonnet.Contents{}, "", fmt.Errorf("couldn't open import %q", importedPath)
}
