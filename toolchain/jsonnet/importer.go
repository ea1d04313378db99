package main

import (
	"fmt"
	"path"

	"github.com/google/go-jsonnet"
)

// importer finds imports as go-jsonnet's FileImporter does, in the files at hand alone.
type importer struct {
	files      map[string]jsonnet.Contents
	searchPath []string
}

func newImporter(files map[string][]byte, searchPath []string) *importer {
	contents := make(map[string]jsonnet.Contents, len(files))
	for name, bytes := range files {
		contents[name] = jsonnet.MakeContentsRaw(bytes)
	}
	return &importer{files: contents, searchPath: searchPath}
}

// Import looks beside the file that imports, then in the search path from its end. The code of a variable is in no file.
func (i *importer) Import(importedFrom, importedPath string) (jsonnet.Contents, string, error) {
	if !path.IsAbs(importedPath) {
		if importedFrom != "" {
			directory, _ := path.Split(importedFrom)
			at := path.Join(directory, importedPath)
			if contents, found := i.files[at]; found {
				return contents, at, nil
			}
		}
		for n := len(i.searchPath) - 1; n >= 0; n-- {
			at := path.Join(i.searchPath[n], importedPath)
			if contents, found := i.files[at]; found {
				return contents, at, nil
			}
		}
	}
	return jsonnet.Contents{}, "", fmt.Errorf("couldn't open import %q: it is neither beside the file that imports it nor in the directory or the libraries of the source", importedPath)
}
