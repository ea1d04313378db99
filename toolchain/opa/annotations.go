package main

import (
	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
)

type annotations struct {
	Scope string          `json:"scope"`
	Path  string          `json:"path"`
	Line  int             `json:"line"`
	Value json.RawMessage `json:"value"`
}

// annotationsOf collects all METADATA that applies to the bodies of one rule, nearest scope first.
func annotationsOf(set *ast.AnnotationSet, rules []*ast.Rule) []annotations {
	found := []annotations{}
	type place struct {
		path string
		line int
	}
	seen := map[place]bool{}
	// By distance, so that the METADATA of a second body still comes before that of the package.
	chains := make([]ast.AnnotationsRefSet, len(rules))
	longest := 0
	for i, rule := range rules {
		for _, one := range set.Chain(rule) {
			if one.Annotations != nil {
				chains[i] = append(chains[i], one)
			}
		}
		longest = max(longest, len(chains[i]))
	}
	scopes := []string{"rule", "document", "package", "subpackages"}
	for _, scope := range scopes {
		for step := range longest {
			for _, chain := range chains {
				if step >= len(chain) || chain[step].Annotations.Scope != scope {
					continue
				}
				location := chain[step].Annotations.Location
				at := place{location.File, location.Row}
				if seen[at] {
					continue
				}
				seen[at] = true
				value, err := json.Marshal(chain[step].Annotations)
				if err != nil {
					value = []byte("{}")
				}
				found = append(found, annotations{scope, location.File, location.Row, value})
			}
		}
	}
	return found
}
