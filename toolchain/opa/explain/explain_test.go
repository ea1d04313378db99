package explain_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"portcullis.dev/toolchain/opa/explain"
)

const policy = `package main

import rego.v1

deny contains message if {
	input.kind in {"Deployment", "Pod"}
	some container in input.spec.containers
	is_open(container)
	endswith(image, ":latest")
	image = container.image
	message := sprintf("container %s uses latest", [container.name])
}

is_open(container) if {
	container.ports
	not excepted
}

excepted if input.metadata.labels.open == "yes"
`

func explained(t *testing.T, input string) explain.Rule {
	t.Helper()
	module := ast.MustParseModuleWithOpts(policy, ast.ParserOptions{RegoVersion: ast.RegoV1})
	compiler := ast.NewCompiler()
	modules := map[string]*ast.Module{"a.rego": module}
	compiler.Compile(modules)
	if compiler.Failed() {
		t.Fatal(compiler.Errors)
	}
	ctx := context.Background()
	store := inmem.New()
	txn := storage.NewTransactionOrDie(ctx, store)
	return explain.Explain(ctx, explain.Setting{Modules: modules, Compiler: compiler, Store: store, Txn: txn, Input: ast.MustParseTerm(input)}, ast.MustParseRef("data.main.deny"), nil)
}

func TestExplain(t *testing.T) {
	for _, one := range []struct {
		name, input string
		// outcomes of the conditions in the order in which they are written
		outcomes string
		near     string
	}{
		{"every condition of a rule that fires holds", `{"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "a:latest", "ports": [1]}]}}`, "held held held held held held held", ""},
		{"the first condition that fails is found", `{"kind": "Service"}`, "failed not-reached not-reached not-reached not-reached not-reached not-reached", ""},
		{"a misspelt field shows what there is above it", `{"kind": "Pod", "spec": {"container": []}}`, "held failed not-reached not-reached not-reached not-reached not-reached", "input.spec"},
		{"a condition that another one binds later is asked after it", `{"kind": "Pod", "spec": {"containers": [{"name": "a", "image": "a:1", "ports": [1]}]}}`, "held held held failed held not-reached not-reached", ""},
		{"a message that is undefined is a condition", `{"kind": "Pod", "spec": {"containers": [{"image": "a:latest", "ports": [1]}]}}`, "held held held held held failed not-reached", "container"},
	} {
		t.Run(one.name, func(t *testing.T) {
			body := explained(t, one.input).Bodies[0]
			outcomes, near := "", ""
			for i, condition := range body.Conditions {
				if i > 0 {
					outcomes += " "
				}
				outcomes += condition.Outcome
			}
			if len(body.Cases) > 0 {
				for _, value := range body.Cases[0].Values {
					if value.Near != nil {
						near = value.Near.Text
					}
				}
			}
			if outcomes != one.outcomes || near != one.near {
				text, _ := json.MarshalIndent(body, "", " ")
				t.Errorf("got %q near %q, expected %q near %q\n%s", outcomes, near, one.outcomes, one.near, text)
			}
		})
	}
}

func TestExplainFollowsFunctions(t *testing.T) {
	body := explained(t, `{"kind": "Pod", "metadata": {"labels": {"open": "yes"}}, "spec": {"containers": [{"name": "a", "image": "a:latest", "ports": [1]}]}}`).Bodies[0]
	names := ""
	for rules := body.Helpers; len(rules) > 0; rules = rules[0].Bodies[0].Helpers {
		names += fmt.Sprintf("%s %v ", rules[0].Name, rules[0].Bodies[0].Holds)
	}
	if names != "data.main.is_open false data.main.excepted true " {
		t.Errorf("got %q", names)
	}
}

func TestExplainNamesThePlaceOfAValue(t *testing.T) {
	body := explained(t, `{"kind": "Pod", "spec": {"containers": [{"name": "b", "image": "b:1"}, {"name": "a", "image": "a:latest", "ports": [1]}]}}`).Bodies[0]
	for _, value := range body.Cases[0].Values {
		if value.Text == "container.image" {
			if got := fmt.Sprint(value.Pointer, value.Values); got != "[spec containers 1 image] [a:latest]" {
				t.Errorf("got %s", got)
			}
			return
		}
	}
	t.Error("no value")
}
