package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"portcullis.dev/toolchain/opa/lint"
)

func TestModule(t *testing.T) {
	for _, one := range []struct {
		name, body, expected string
	}{
		{"a field that only the message reads", "some c in input.spec.containers\n\tc.privileged\n\tmessage := sprintf(\"%s\", [c.name])", "8 silent-message c.name"},
		{"a field that a condition reads too", "some c in input.spec.containers\n\tendswith(c.name, \"x\")\n\tmessage := sprintf(\"%s\", [c.name])", ""},
		{"a field whose deeper part a condition reads", "input.spec.template.spec\n\tmessage := sprintf(\"%v\", [input.spec.template])", ""},
		{"a field that a condition only denies", "not input.spec.paused\n\tmessage := sprintf(\"%v\", [input.spec.paused])", "7 silent-message input.spec.paused"},
		{"a field on the way to the message", "input.kind == \"Pod\"\n\tname := input.metadata.name\n\tmessage := sprintf(\"%s\", [name])", "7 silent-message input.metadata.name"},
		{"what every manifest has", "message := sprintf(\"%s %s\", [input.kind, input.apiVersion])", ""},
		{"a default given by object.get", "message := sprintf(\"%s\", [object.get(input.metadata, \"name\", \"unnamed\")])", ""},
		{"fields of a comprehension", "message := sprintf(\"%v\", [[c.name | some c in input.spec.containers]])", ""},
		{"a walk over everything", "walk(input, [_, value])\n\tvalue == \"x\"\n\tmessage := \"x\"", "6 unbounded-walk walk(input)"},
		{"a walk over a part", "walk(input.spec, [_, value])\n\tvalue == \"x\"\n\tmessage := \"x\"", ""},
	} {
		t.Run(one.name, func(t *testing.T) {
			text := "package main\n\nimport rego.v1\n\ndeny contains message if {\n\t" + one.body + "\n}\n"
			module, err := ast.ParseModuleWithOpts("a.rego", text, ast.ParserOptions{RegoVersion: ast.RegoV1})
			if err != nil {
				t.Fatal(err)
			}
			issues := lint.Module(module, func(name string) bool { return name == "deny" })
			lint.Sort(issues)
			var got []string
			for _, issue := range issues {
				subject := strings.TrimPrefix(strings.SplitN(issue.Message, ",", 2)[0], "the message reads ")
				got = append(got, fmt.Sprint(issue.Line, " ", issue.Rule, " ", strings.SplitN(subject, " visits", 2)[0]))
			}
			if strings.Join(got, "; ") != one.expected {
				t.Errorf("got %q, expected %q", strings.Join(got, "; "), one.expected)
			}
		})
	}
}
