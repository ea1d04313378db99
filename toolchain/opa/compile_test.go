package main

import (
	"reflect"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

func TestARuleHasThePlacesOfAllItsBodies(t *testing.T) {
	set := load([]moduleSource{
		{Path: "b.rego", Text: "package main\n\ndeny contains \"b\" if input.b"},
		{Path: "a.rego", Text: "package main\n\ndeny contains \"a\" if input.a\n\ndeny contains \"c\" if input.c"},
	}, func(c *ast.Compiler) *ast.Compiler { return c })
	rules := describe(set, namespaces{}).Rules
	expected := []ruleBody{{"a.rego", 3}, {"a.rego", 5}, {"b.rego", 3}}
	if len(rules) != 1 || !reflect.DeepEqual(rules[0].Bodies, expected) {
		t.Errorf("bodies are %v", rules)
	}
}

func TestRefusalsTellWhatToDo(t *testing.T) {
	set := load([]moduleSource{{Path: "a.rego", Text: "package main\n\ndeny contains \"a\" if http.send({}).ok\n\nwarn contains \"b\" if data[2]"}}, func(c *ast.Compiler) *ast.Compiler { return c })
	var messages []string
	for _, e := range finish(set.errors, set.texts) {
		messages = append(messages, e.Message)
	}
	expected := []string{
		"`http.send` is refused: policies have no access to the network: put what it would fetch into a data file (a test may replace the call: `with http.send as …`)",
		"`data[2]` is refused, since the keys of `data` are strings: write `data[\"2\"]`",
	}
	if len(messages) < 2 || !reflect.DeepEqual(messages[:2], expected) {
		t.Errorf("messages are %q", messages)
	}
}
