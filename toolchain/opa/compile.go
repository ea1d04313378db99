package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/compile"

	"portcullis.dev/toolchain/opa/twins"
)

// conftest's convention: these names decide.
var decidingName = regexp.MustCompile(`^(deny|violation|warn)(_[a-zA-Z0-9]+)*$`)

type compileRequest struct {
	Modules    []moduleSource  `json:"modules"`
	Namespaces json.RawMessage `json:"namespaces"`
}

// ruleBody is where one of a rule's bodies is written.
type ruleBody struct {
	Path string `json:"path"`
	Line int    `json:"line"`
}

type decidingRule struct {
	Index       int           `json:"index"`
	Package     string        `json:"package"`
	Name        string        `json:"name"`
	Path        string        `json:"path"`
	Line        int           `json:"line"`
	Bodies      []ruleBody    `json:"bodies"`
	Shape       string        `json:"shape"`
	Annotations []annotations `json:"annotations"`
	ReadsChange bool          `json:"readsChange"`
	ref         ast.Ref
	pkg         ast.Ref
}

type entrypoints struct {
	Results    string   `json:"results"`
	Twins      string   `json:"twins"`
	Exceptions string   `json:"exceptions"`
	Rules      []string `json:"rules"`
}

type compileAnswer struct {
	Entrypoints         entrypoints    `json:"entrypoints"`
	Rules               []decidingRule `json:"rules"`
	Exceptions          []string       `json:"exceptions"`
	Twins               []any          `json:"twins"`
	Packages            []string       `json:"packages"`
	UnmatchedNamespaces []string       `json:"unmatchedNamespaces"`
	Errors              []regoError    `json:"errors"`
	Notes               []string       `json:"notes"`
}

func compileOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[compileRequest](request)
	if err != nil {
		return nil, nil, err
	}
	selected, err := parseNamespaces(asked.Namespaces)
	if err != nil {
		return nil, nil, err
	}
	// Tests do not judge: a broken one must not hide a policy.
	policies := slices.DeleteFunc(asked.Modules, moduleSource.isTest)
	set := load(policies, func(c *ast.Compiler) *ast.Compiler { return c })
	for name, module := range set.parsed {
		if head := groundPath(module.Package.Path); len(head) > 0 && head[0] == entryPackage {
			set.errors = append(set.errors, errorAt(module.Package.Location, "portcullis_reserved_package", "the package name `"+entryPackage+"` is reserved"))
			delete(set.parsed, name)
			return finishCompile(set, compileAnswer{}), nil, nil
		}
	}
	result := describe(set, selected)
	if len(result.Rules) == 0 {
		return finishCompile(set, result), nil, nil
	}
	wasm, err := emit(set, &result)
	if err != nil {
		set.errors = append(set.errors, fromAst("", err)...)
	}
	return finishCompile(set, result), wasm, nil
}

func finishCompile(set policySet, result compileAnswer) compileAnswer {
	result.Errors = finish(set.errors, set.texts)
	result.Entrypoints.Results = entryPackage + "/results"
	result.Entrypoints.Twins = entryPackage + "/twins"
	result.Entrypoints.Exceptions = entryPackage + "/exceptions"
	result.Entrypoints.Rules = []string{}
	for i := range result.Rules {
		result.Entrypoints.Rules = append(result.Entrypoints.Rules, fmt.Sprintf("%s/rule_%d", entryPackage, i))
	}
	result.Rules = orEmpty(result.Rules)
	result.Exceptions = orEmpty(result.Exceptions)
	result.Twins = orEmpty(result.Twins)
	result.Packages = orEmpty(result.Packages)
	result.UnmatchedNamespaces = orEmpty(result.UnmatchedNamespaces)
	result.Notes = orEmpty(result.Notes)
	return result
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// namespaces selects packages: the named ones (with `*` for any run of characters), all, or by default `main` and every
// package that has METADATA.
type namespaces struct {
	names []string
	all   bool
}

func parseNamespaces(raw json.RawMessage) (namespaces, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return namespaces{}, nil
	}
	if string(raw) == `"*"` {
		return namespaces{all: true}, nil
	}
	names, err := decode[[]string](raw)
	if err == nil && names == nil {
		err = errors.New("namespaces must be a list of names or \"*\"")
	}
	return namespaces{names: names}, err
}

func (n namespaces) selects(name string, documented bool) (pattern string, selected bool) {
	switch {
	case n.all:
		return "", true
	case n.names == nil:
		return "", name == "main" || documented
	}
	for _, pattern := range n.names {
		if matched, err := path.Match(pattern, name); pattern == name || err == nil && matched {
			return pattern, true
		}
	}
	return "", false
}

func packageName(ref ast.Ref) string {
	return strings.TrimPrefix(ref.String(), "data.")
}

func packageRef(name string) ast.Ref {
	return ast.MustParseRef("data." + name)
}

// describe collects the deciding rules of the selected packages, ordered by package and name.
func describe(set policySet, selected namespaces) compileAnswer {
	documented := map[string]bool{}
	packages := map[string]ast.Ref{}
	bodies := map[string]map[string][]*ast.Rule{}
	for _, module := range set.compiler.Modules {
		name := packageName(module.Package.Path)
		packages[name] = module.Package.Path
		documented[name] = documented[name] || len(module.Annotations) > 0
		if bodies[name] == nil {
			bodies[name] = map[string][]*ast.Rule{}
		}
		for _, rule := range module.Rules {
			head, ok := rule.Head.Ref()[0].Value.(ast.Var)
			if !ok || len(rule.Head.Args) > 0 || !decidingName.MatchString(string(head)) && head != "exception" {
				continue
			}
			bodies[name][string(head)] = append(bodies[name][string(head)], rule)
		}
	}
	var result compileAnswer
	matched := map[string]bool{}
	set.compiler.GetAnnotationSet()
	for _, name := range sortedKeys(packages) {
		result.Packages = append(result.Packages, name)
		pattern, isSelected := selected.selects(name, documented[name])
		if !isSelected {
			continue
		}
		deciding := 0
		for _, ruleName := range sortedKeys(bodies[name]) {
			rules := bodies[name][ruleName]
			sort.Slice(rules, func(i, j int) bool { return rules[i].Location.Compare(rules[j].Location) < 0 })
			if ruleName == "exception" {
				result.Exceptions = append(result.Exceptions, name)
				continue
			}
			deciding++
			result.Rules = append(result.Rules, decidingRule{
				Index:       len(result.Rules),
				Package:     name,
				Name:        ruleName,
				Path:        rules[0].Location.File,
				Line:        rules[0].Location.Row,
				Bodies:      bodiesOf(rules),
				Shape:       shapeOf(rules[0]),
				Annotations: annotationsOf(set.compiler.GetAnnotationSet(), rules),
				ReadsChange: readsChange(set.compiler, rules),
				ref:         packages[name].Append(ast.StringTerm(ruleName)),
				pkg:         packages[name],
			})
		}
		if deciding > 0 {
			matched[pattern] = true
		}
	}
	for _, name := range selected.names {
		if !matched[name] {
			result.UnmatchedNamespaces = append(result.UnmatchedNamespaces, name)
		}
	}
	return result
}

func bodiesOf(rules []*ast.Rule) []ruleBody {
	bodies := make([]ruleBody, 0, len(rules))
	for _, rule := range rules {
		bodies = append(bodies, ruleBody{rule.Location.File, rule.Location.Row})
	}
	return bodies
}

func shapeOf(rule *ast.Rule) string {
	if len(rule.Head.Ref()) > 1 {
		return "object"
	}
	switch rule.Head.DocKind() {
	case ast.PartialSetDoc:
		return "set"
	case ast.PartialObjectDoc:
		return "object"
	default:
		return "value"
	}
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// emit compiles the set with its entry module and its twins. Twins that do not compile are left out, for they only help
// to find places; the verdict never depends on them.
func emit(set policySet, result *compileAnswer) ([]byte, error) {
	set.parsed = withoutCopies(set.parsed)
	input := twins.Input{Modules: set.parsed, Compiler: set.compiler}
	for _, rule := range result.Rules {
		input.Rules = append(input.Rules, twins.Rule{Index: rule.Index, Package: rule.pkg, Name: rule.Name})
	}
	generated := twins.Output{}
	for _, input.Plain = range []bool{false, true} {
		var err error
		if generated, err = generateTwins(input); err == nil && len(generated.Queries) == 0 {
			break
		}
		var wasm []byte
		if err == nil {
			wasm, err = build(set, *result, generated)
		}
		if err == nil {
			result.Twins = generated.Statics
			return wasm, nil
		}
		result.Notes = append(result.Notes, "no twins: "+err.Error())
	}
	if generated = compilingTwins(set, generated); len(generated.Modules) > 0 {
		if wasm, err := build(set, *result, generated); err == nil {
			result.Twins = generated.Statics
			return wasm, nil
		}
	}
	return build(set, *result, twins.Output{})
}

func generateTwins(input twins.Input) (output twins.Output, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("panic: %v", trouble)
		}
	}()
	return twins.Generate(input)
}

// compilingTwins keeps the twin modules that compile beside the policies, each tried alone.
func compilingTwins(set policySet, all twins.Output) twins.Output {
	kept := twins.Output{Modules: map[string]*ast.Module{}, Statics: all.Statics}
	for _, name := range sortedKeys(all.Modules) {
		modules := map[string]*ast.Module{name: all.Modules[name]}
		for path, module := range set.parsed {
			modules[path] = module
		}
		compiler := ast.NewCompiler().WithCapabilities(capabilities())
		if compiler.Compile(modules); !compiler.Failed() {
			kept.Modules[name] = all.Modules[name]
		}
	}
	for _, query := range all.Queries {
		for _, module := range kept.Modules {
			if query.HasPrefix(module.Package.Path) && len(query) == len(module.Package.Path)+1 {
				kept.Queries = append(kept.Queries, query)
				break
			}
		}
	}
	return kept
}

func build(set policySet, result compileAnswer, generated twins.Output) ([]byte, error) {
	policies, prints := placedPrints(set.parsed)
	asked := newEntry(result, generated)
	if !prints {
		policies = asked.dispatch(set, generated)
	}
	text := asked.module(set.parsed)
	entry, err := ast.ParseModuleWithOpts(entryPackage+".rego", text, ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		return nil, err
	}
	names := []string{entryPackage + "/results", entryPackage + "/twins", entryPackage + "/exceptions"}
	for i := range result.Rules {
		names = append(names, fmt.Sprintf("%s/rule_%d", entryPackage, i))
	}
	// The compiler formats the source of every module for a bundle that nobody reads: a stand-in costs nothing.
	standIn := []byte("package portcullis\n")
	source := &bundle.Bundle{}
	source.SetRegoVersion(ast.RegoV1)
	source.Manifest.Init()
	source.Data = map[string]any{}
	add := func(path string, module *ast.Module) {
		source.Modules = append(source.Modules, bundle.ModuleFile{URL: path, Path: path, Parsed: module, Raw: standIn})
	}
	for _, path := range sortedKeys(policies) {
		add(path, policies[path])
	}
	for _, path := range sortedKeys(generated.Modules) {
		add(path, generated.Modules[path])
	}
	add(entryPackage+".rego", entry)
	compiler := compile.New().
		WithBundle(source).
		WithCapabilities(capabilities()).
		WithTarget(compile.TargetWasm).
		WithEnablePrintStatements(prints).
		WithPruneUnused(true).
		WithRegoVersion(ast.RegoV1).
		WithEntrypoints(names...)
	if err := compiler.Build(context.Background()); err != nil {
		return nil, err
	}
	return compiler.Bundle().WasmModules[0].Raw, nil
}
