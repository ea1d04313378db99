package main

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func parsed(t *testing.T, texts map[string]string) map[string]*ast.Module {
	t.Helper()
	modules := map[string]*ast.Module{}
	for path, text := range texts {
		module, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		modules[path] = module
	}
	return modules
}

func TestPrintsCarryTheirPlace(t *testing.T) {
	modules := parsed(t, map[string]string{
		"p.rego": "package p\n\na if {\n\tprint(\"x\")\n\t[1 | print(\"y\", input.z)]\n}",
		"q.rego": "package q\n\na if input.x",
		"r.rego": "package r\n\nprint(x) := x\n\na if print(1)",
	})
	before := modules["p.rego"].String()
	placed, prints := placedPrints(modules)
	if !prints || modules["p.rego"].String() != before {
		t.Errorf("the modules were changed, or no print was found: %v", prints)
	}
	for _, expected := range []string{`print("p.rego:4", "x")`, `print("p.rego:5", "y", input.z)`} {
		if !strings.Contains(placed["p.rego"].String(), expected) {
			t.Errorf("no %s in\n%s", expected, placed["p.rego"])
		}
	}
	if placed["q.rego"] != modules["q.rego"] || placed["r.rego"] != modules["r.rego"] {
		t.Error("modules without a builtin print were copied")
	}
	delete(modules, "p.rego")
	if _, prints := placedPrints(modules); prints {
		t.Error("a function of the policy's own counts as the builtin print")
	}
}
