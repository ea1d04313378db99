package main

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"portcullis.dev/toolchain/reactor"
	"sigs.k8s.io/kustomize/api/types"
)

type kustomizeRequest struct {
	Root  string         `json:"root"`
	Files []reactor.File `json:"files"`
	// Anywhere lets a kustomization read files of the whole tree, as Flux does.
	Anywhere bool `json:"anywhere"`
	// Charts has, for each chart that an earlier answer asked for, what its templates gave.
	Charts [][]renderedTemplate `json:"charts"`
}

type origin struct {
	Path         string `json:"path,omitempty"`
	ConfiguredIn string `json:"configuredIn,omitempty"`
}

type kustomizeAnswer struct {
	Origins []origin `json:"origins"`
	Reads   []string `json:"reads"`
	// Charts are to be rendered first: nothing was built.
	Charts  []chart  `json:"charts,omitempty"`
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
	collect()
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
	if refused := found.remote(files); refused != nil {
		return nil, kustomizeAnswer{Failure: refused}
	}
	charts, refused := found.chartsToRender(files)
	if refused != nil {
		return nil, kustomizeAnswer{Failure: refused}
	}
	if len(charts) > 0 {
		if len(request.Charts) != len(charts) {
			return nil, kustomizeAnswer{Charts: charts}
		}
		if refused := install(files, charts, request.Charts); refused != nil {
			return nil, kustomizeAnswer{Failure: refused}
		}
		found = survey(files, root)
	}
	builder := newBuilder(files, root, found.customSchema)
	if request.Anywhere {
		builder.options.LoadRestrictions = types.LoadRestrictionsNone
	}
	marks, marked := found.markResources(files)
	files.instead = marked
	built, err := builder.build()
	files.instead = nil
	if err != nil {
		return nil, kustomizeAnswer{Failure: found.explain(files, request.Anywhere, func() error {
			if !showsMarks(err) {
				return err
			}
			// Once more, so that the lines that Kustomize names are those of the files.
			if _, again := builder.build(); again != nil {
				return again
			}
			return err
		})}
	}
	var yaml bytes.Buffer
	for i, one := range built.Resources() {
		if i > 0 {
			yaml.WriteString("---\n")
		}
		text, err := printed(one)
		if err != nil {
			return nil, kustomizeAnswer{Failure: &failure{Message: shown(err)}}
		}
		yaml.Write(text)
	}
	reads := files.reads()
	from, complete := marks.origins(built.Resources(), found, files)
	if !complete {
		builder.annotatedOrigins(built, from, found.annotations(files, marks))
	}
	return yaml.Bytes(), kustomizeAnswer{Reads: reads, Origins: files.named(from)}
}

// below is a path of the tree for one that is relative to the root.
func below(root, relative string) string {
	if relative == "" {
		return ""
	}
	return inTree(path.Join(root, relative))
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
