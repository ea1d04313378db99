package main

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

const entryPackage = "portcullis_entry"

// entryModule asks every deciding rule at once, all under one `with input as …`, so that what two rules derive from
// helpers is derived once; every rule also has an entry of its own, which isolates one that fails.
func entryModule(modules map[string]*ast.Module, rules []decidingRule, exceptions []string, twins []ast.Ref) string {
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
	collect(&body, "found_rules", len(rules), func(i int) string {
		return fmt.Sprintf("contains [%d, found] if {\n\tfound := %s%s\n}", i, rules[i].ref, notEmpty[rules[i].Shape])
	})
	collect(&body, "found_exceptions", len(exceptions), func(i int) string {
		return fmt.Sprintf("contains [%q, found] if {\n\tfound := %s%s\n}", exceptions[i], packageRef(exceptions[i]).Append(ast.StringTerm("exception")), notEmpty["set"])
	})
	wrap("twins", "found_twins")
	wrap("exceptions", "found_exceptions")
	collect(&body, "found_twins", len(twins), func(i int) string {
		return fmt.Sprintf("contains found if {\n\tsome found in %s\n}", twins[i])
	})
	for i := range rules {
		wrap(fmt.Sprintf("rule_%d", i), rules[i].ref.String())
	}
	return body.String()
}

var notEmpty = map[string]string{"set": "\n\tfound != set()", "object": "\n\tfound != {}", "value": ""}

func collect(body *strings.Builder, name string, count int, rule func(int) string) {
	if count == 0 {
		fmt.Fprintf(body, "%s := set()\n\n", name)
	}
	for i := range count {
		fmt.Fprintf(body, "%s %s\n\n", name, rule(i))
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
