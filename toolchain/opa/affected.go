package main

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reach is what a change of some modules concerns: the modules that depend on them (themselves included), and those with
// all that they depend on in turn.
type reach struct {
	affected map[string]bool
	needed   map[string]bool
}

// reachOf follows references from package to package. A reference that is not constant may lead anywhere.
func reachOf(modules map[string]*ast.Module, changed []string) reach {
	paths := sortedKeys(modules)
	packages := map[string][]string{}
	refs := map[string][][]string{}
	for _, path := range paths {
		packages[path] = groundPath(modules[path].Package.Path)
		refs[path] = append(referencesOf(modules[path]), packages[path])
	}
	dependsOn := func(a, b string) bool {
		for _, ref := range refs[a] {
			n := min(len(ref), len(packages[b]))
			if slices.Equal(ref[:n], packages[b][:n]) {
				return true
			}
		}
		return false
	}
	follow := func(from []string, next func(at, other string) bool) map[string]bool {
		found := map[string]bool{}
		for open := from; len(open) > 0; {
			at := open[0]
			open = open[1:]
			if found[at] || modules[at] == nil {
				continue
			}
			found[at] = true
			for _, other := range paths {
				if !found[other] && next(at, other) {
					open = append(open, other)
				}
			}
		}
		return found
	}
	affected := follow(changed, func(at, other string) bool { return dependsOn(other, at) })
	return reach{affected, follow(sortedKeys(affected), dependsOn)}
}

// referencesOf are the constant parts of the references below data in a module, and of its imports.
func referencesOf(module *ast.Module) [][]string {
	seen := map[string]bool{}
	var found [][]string
	ast.WalkRefs(module, func(ref ast.Ref) bool {
		if ref.HasPrefix(ast.DefaultRootRef) {
			path := groundPath(ref)
			if key := ast.Ref(ref).GroundPrefix().String(); !seen[key] {
				seen[key] = true
				found = append(found, path)
			}
		}
		return false
	})
	return found
}
