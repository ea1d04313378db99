package main

import (
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestRulesThatRepeatOthersAreDropped(t *testing.T) {
	lib := "package lib\n\nimport data.names\n\nexempt(c) if {\n\tsome i in names[_]\n\tc.name == i\n}\n\nexempt(c) if c.safe\n"
	for name, one := range map[string]struct {
		other string
		kept  int
	}{
		"the same text":                   {lib, 0},
		"the same rule further below":     {"package lib\n\nimport data.names\n\nother(c) if c[_] == 1\n\nexempt(c) if {\n\tsome i in names[_]\n\tc.name == i\n}\n", 1},
		"another import of the same name": {"package lib\n\nimport data.others as names\n\nexempt(c) if {\n\tsome i in names[_]\n\tc.name == i\n}\n", 1},
		"another package":                 {"package lib2\n\nexempt(c) if c.safe\n", 1},
		"what prints":                     {"package lib\n\nimport data.names\n\nexempt(c) if {\n\tprint(c)\n\tc.safe\n}\n", 1},
		"a rule that decides":             {"package lib\n\nimport data.names\n\ndeny contains \"x\" if input.x\n\ndeny contains \"x\" if input.x\n", 2},
	} {
		set := load([]moduleSource{{Path: "a.rego", Text: lib}, {Path: "b.rego", Text: one.other}}, func(c *ast.Compiler) *ast.Compiler { return c })
		out := withoutCopies(set.parsed)
		if len(out["a.rego"].Rules) != 2 || len(out["b.rego"].Rules) != one.kept {
			t.Errorf("%s: %d and %d rules are kept", name, len(out["a.rego"].Rules), len(out["b.rego"].Rules))
		}
	}
}
