package main

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// placedPrints hands every call of print its place as the first operand: the WebAssembly runtime does not tell its host.
// The modules are not changed. Without a call they come back as they are, and the compiler need not keep calls of print.
func placedPrints(modules map[string]*ast.Module) (map[string]*ast.Module, bool) {
	out, found := make(map[string]*ast.Module, len(modules)), false
	for path, module := range modules {
		out[path] = module
		if definesPrint(module) || !printsAnything(module) {
			continue
		}
		found = true
		out[path] = module.Copy()
		ast.WalkExprs(out[path], func(e *ast.Expr) bool {
			if callsPrint(e) {
				terms := e.Terms.([]*ast.Term)
				place := ast.StringTerm(fmt.Sprintf("%s:%d", path, e.Location.Row)).SetLocation(e.Location)
				e.Terms = append([]*ast.Term{terms[0], place}, terms[1:]...)
			}
			return false
		})
	}
	return out, found
}

func printsAnything(module *ast.Module) bool {
	found := false
	ast.WalkExprs(module, func(e *ast.Expr) bool {
		found = found || callsPrint(e)
		return found
	})
	return found
}

func callsPrint(e *ast.Expr) bool {
	terms, ok := e.Terms.([]*ast.Term)
	return ok && terms[0].Value.Compare(ast.Print.Ref()) == 0
}

// definesPrint reports whether print is a function of the module's own.
func definesPrint(module *ast.Module) bool {
	for _, rule := range module.Rules {
		if rule.Head.Ref()[0].Value.Compare(ast.Var(ast.Print.Name)) == 0 {
			return true
		}
	}
	for _, one := range module.Imports {
		if one.Name() == ast.Var(ast.Print.Name) {
			return true
		}
	}
	return false
}
