package main

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"portcullis.dev/toolchain/opa/kinds"
	"portcullis.dev/toolchain/opa/twins"
)

const entryPackage = "portcullis_entry"

// entry is what the entry module asks: each rule, the exceptions of packages, and the twins. The conditions are of the rules
// and twins, by index.
type entry struct {
	rules      []decidingRule
	exceptions []string
	twins      []ast.Ref
	ofRules    []*kinds.Condition
	ofTwins    []*kinds.Condition
}

func newEntry(result compileAnswer, generated twins.Output) entry {
	return entry{
		rules:      result.Rules,
		exceptions: result.Exceptions,
		twins:      generated.Queries,
		ofRules:    make([]*kinds.Condition, len(result.Rules)),
		ofTwins:    make([]*kinds.Condition, len(generated.Queries)),
	}
}

// module asks every deciding rule at once, all under one `with input as …`, so that what two rules derive from helpers is
// derived once; every rule also has an entry of its own, which isolates one that fails. What is about some kinds is
// asked for these only.
func (e entry) module(modules map[string]*ast.Module) string {
	var body strings.Builder
	prelude, with := "", " with input as input.document"
	wrap := func(name, target string) {
		fmt.Fprintf(&body, "%s := answer if {\n%s\tanswer := %s%s\n}\n\n", name, prelude, target, with)
	}
	supply := func(variable, path string, fallback string, keys ...string) {
		if !readsData(modules, keys...) || definesData(modules, keys...) {
			return
		}
		prelude += fmt.Sprintf("\t%s := object.get(input, %s, %s)\n", variable, path, fallback)
		with += fmt.Sprintf(" with data.%s as %s", strings.Join(keys, "."), variable)
	}
	supply("file", `["conftest", "file"]`, "{}", "conftest", "file")
	supply("operation", `["portcullis", "operation"]`, "null", "portcullis", "operation")
	supply("old_object", `["portcullis", "oldObject"]`, "null", "portcullis", "oldObject")

	fmt.Fprintf(&body, "package %s\n\n", entryPackage)
	wrap("results", "answers")
	fmt.Fprint(&body, "answers := {\"rules\": found_rules, \"exceptions\": found_exceptions}\n\n")
	collect(&body, "found_rules", e.ofRules, func(i int) string {
		return fmt.Sprintf("contains [%d, found] if {\n\tfound := %s%s\n}", i, e.rules[i].ref, notEmpty[e.rules[i].Shape])
	})
	collect(&body, "found_exceptions", make([]*kinds.Condition, len(e.exceptions)), func(i int) string {
		return fmt.Sprintf("contains [%q, found] if {\n\tfound := %s%s\n}", e.exceptions[i], packageRef(e.exceptions[i]).Append(ast.StringTerm("exception")), notEmpty["set"])
	})
	wrap("twins", "found_twins")
	wrap("exceptions", "found_exceptions")
	collect(&body, "found_twins", e.ofTwins, func(i int) string {
		return fmt.Sprintf("contains found if {\n\tsome found in %s\n}", e.twins[i])
	})
	for i := range e.rules {
		wrap(fmt.Sprintf("rule_%d", i), e.rules[i].ref.String())
	}
	return body.String()
}

var notEmpty = map[string]string{"set": "\n\tfound != set()", "object": "\n\tfound != {}", "value": ""}

// collect writes a set of what is found, and its parts as sets of their own.
func collect(body *strings.Builder, name string, conditions []*kinds.Condition, rule func(int) string) {
	if len(conditions) == 0 {
		fmt.Fprintf(body, "%s := set()\n\n", name)
	}
	collectPart(body, name, kinds.Divide(conditions), rule)
}

func collectPart(body *strings.Builder, name string, whole kinds.Part, rule func(int) string) {
	for _, i := range whole.Members {
		fmt.Fprintf(body, "%s %s\n\n", name, rule(i))
	}
	for i, part := range whole.Parts {
		own := fmt.Sprintf("%s_%d", name, i)
		for _, guard := range part.Guards() {
			fmt.Fprintf(body, "%s contains found if {\n\t%s\n\tsome found in %s\n}\n\n", name, guard, own)
		}
		collectPart(body, own, part, rule)
	}
}

func definesData(modules map[string]*ast.Module, path ...string) bool {
	for _, module := range modules {
		for _, defined := range append(definitions(module), groundPath(module.Package.Path)) {
			if len(defined) >= len(path) && equal(path, defined) {
				return true
			}
		}
	}
	return false
}
