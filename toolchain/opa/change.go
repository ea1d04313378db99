package main

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// readsChange says whether rules read the operation or the old object, themselves or through helpers.
func readsChange(compiler *ast.Compiler, rules []*ast.Rule) bool {
	seen := map[*ast.Rule]bool{}
	var visit func(rule *ast.Rule) bool
	visit = func(rule *ast.Rule) bool {
		if seen[rule] {
			return false
		}
		seen[rule] = true
		if ruleReadsChange(rule) {
			return true
		}
		for dependency := range compiler.Graph.Dependencies(rule) {
			if next, ok := dependency.(*ast.Rule); ok && visit(next) {
				return true
			}
		}
		return false
	}
	for _, rule := range rules {
		if visit(rule) {
			return true
		}
	}
	return false
}

var changePaths = [][]string{
	{"data", "portcullis", "operation"},
	{"data", "portcullis", "oldObject"},
	{"input", "review", "operation"},
	{"input", "review", "oldObject"},
}

// A reference that stops above the two fields counts where the rule names one of them, as in object.get.
func ruleReadsChange(rule *ast.Rule) bool {
	direct, above, named := false, false, false
	ast.WalkTerms(rule, func(term *ast.Term) bool {
		switch value := term.Value.(type) {
		case ast.String:
			named = named || value == "operation" || value == "oldObject"
		case ast.Ref:
			head, ok := value[0].Value.(ast.Var)
			if !ok {
				return false
			}
			path := append([]string{string(head)}, groundPath(value)...)
			for _, wanted := range changePaths {
				switch n := min(len(path), len(wanted)); {
				case !equal(path[:n], wanted[:n]):
				case n == len(wanted):
					direct = true
				case n > 1:
					above = true
				}
			}
		}
		return false
	})
	return direct || above && named
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// readsData says whether any module refers to a document below data or above it.
func readsData(modules map[string]*ast.Module, path ...string) bool {
	found := false
	for _, module := range modules {
		ast.WalkRefs(module, func(ref ast.Ref) bool {
			if ref.HasPrefix(ast.DefaultRootRef) {
				read := groundPath(ref)
				n := min(len(read), len(path))
				found = found || equal(read[:n], path[:n])
			}
			return found
		})
	}
	return found
}
