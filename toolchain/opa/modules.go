package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

type moduleSource struct {
	Path        string `json:"path"`
	Text        string `json:"text"`
	RegoVersion string `json:"regoVersion"`
}

func (m moduleSource) isTest() bool {
	return strings.HasSuffix(m.Path, "_test.rego")
}

func (m moduleSource) version() ast.RegoVersion {
	if m.RegoVersion == "v0" {
		return ast.RegoV0
	}
	return ast.RegoV1
}

// policySet is the modules that compile, and the errors of those that do not.
type policySet struct {
	parsed   map[string]*ast.Module
	compiler *ast.Compiler
	errors   []regoError
	texts    map[string]string
}

// broken is a module that was left out, with what it may define: nothing may be judged with a part of it missing.
type broken struct {
	path    string
	defines [][]string
}

// load parses and compiles. A module with errors is left out with all that depends on it; the rest still compiles.
func load(sources []moduleSource, prepare func(*ast.Compiler) *ast.Compiler) policySet {
	return loadWith(sources, prepare, refusedCalls)
}

// parsedModules are those of earlier requests: an author changes one file of many.
var parsedModules = map[moduleSource]*ast.Module{}

const parsedLimit = 2_000

func parseModule(source moduleSource) (*ast.Module, error) {
	if known := parsedModules[source]; known != nil {
		return known.Copy(), nil
	}
	module, err := ast.ParseModuleWithOpts(source.Path, source.Text, ast.ParserOptions{RegoVersion: source.version(), ProcessAnnotation: true})
	if err == nil && module != nil {
		if len(parsedModules) >= parsedLimit {
			clear(parsedModules)
		}
		parsedModules[source] = module.Copy()
	}
	return module, err
}

func loadWith(sources []moduleSource, prepare func(*ast.Compiler) *ast.Compiler, refuse func(*ast.Module) []regoError) policySet {
	set := policySet{parsed: map[string]*ast.Module{}, texts: map[string]string{}}
	var left []broken
	for _, source := range sources {
		if _, twice := set.texts[source.Path]; twice {
			set.errors = append(set.errors, regoError{Path: source.Path, Line: 1, Column: 1, Code: "portcullis_duplicate_path", Message: "two modules were given under this path"})
			continue
		}
		set.texts[source.Path] = source.Text
		module, err := parseModule(source)
		if err == nil && module == nil {
			err = &ast.Error{Code: ast.ParseErr, Message: "the file is empty: expected a package", Location: ast.NewLocation(nil, source.Path, 1, 1)}
		}
		if err != nil {
			set.errors = append(set.errors, fromAst(source.Path, err)...)
			left = append(left, broken{source.Path, guessDefinitions(source.Text)})
			continue
		}
		set.parsed[source.Path] = module
	}
	for {
		refs := map[string][]ast.Ref{}
		var refusals []regoError
		compiler := prepare(ast.NewCompiler().SetErrorLimit(0).WithCapabilities(capabilities()))
		compiler.WithStageAfterID(ast.StageResolveRefs, ast.CompilerStageDefinition{
			Name:       "PortcullisReferences",
			MetricName: "portcullis_references",
			Stage: func(c *ast.Compiler) *ast.Error {
				for path, module := range c.Modules {
					refusals = append(refusals, refuse(module)...)
					for _, rule := range module.Rules {
						ast.WalkRefs(rule, func(ref ast.Ref) bool {
							if ref.HasPrefix(ast.DefaultRootRef) {
								refs[path] = append(refs[path], ref)
							}
							return false
						})
					}
				}
				return nil
			},
		})
		compiler.Compile(set.parsed)
		before := len(set.parsed)
		leave := func(path string) {
			if module, present := set.parsed[path]; present {
				left = append(left, broken{path, definitions(module)})
				delete(set.parsed, path)
			}
		}
		for _, refusal := range refusals {
			set.errors = append(set.errors, refusal)
			leave(refusal.Path)
		}
		if compiler.Failed() {
			dependents := set.dependents(left, refs)
			for _, e := range fromAst("", compiler.Errors) {
				_, isDependent := dependents[e.Path]
				if !isDependent || !strings.HasPrefix(e.Message, "undefined function") {
					set.errors = append(set.errors, e)
				}
				if e.Path == "" {
					clear(set.parsed)
					set.compiler = ast.NewCompiler()
					return set
				}
				leave(e.Path)
			}
		}
		// What depends on a module that was left out goes too, and on those in turn.
		for {
			dependents := set.dependents(left, refs)
			if len(dependents) == 0 {
				break
			}
			for path, reason := range dependents {
				set.errors = append(set.errors, reason)
				leave(path)
			}
		}
		if len(set.parsed) == before {
			set.compiler = compiler
			return set
		}
	}
}

// dependents finds the modules that refer to what a left-out module may define.
func (set policySet) dependents(left []broken, refs map[string][]ast.Ref) map[string]regoError {
	found := map[string]regoError{}
	for path := range set.parsed {
		for _, ref := range refs[path] {
			if cause := overlapping(groundPath(ref), left); cause != "" {
				found[path] = errorAt(ref[0].Location, "portcullis_left_out", fmt.Sprintf("left out: it depends on `%s`, which `%s` defines, and that did not compile", ref.GroundPrefix(), cause))
				if found[path].Path == "" {
					found[path] = regoError{Path: path, Line: 1, Column: 1, Code: "portcullis_left_out", Message: found[path].Message}
				}
				break
			}
		}
	}
	return found
}

func overlapping(path []string, left []broken) string {
	for _, one := range left {
		for _, defined := range one.defines {
			n := min(len(path), len(defined))
			if slices.Equal(path[:n], defined[:n]) {
				return one.path
			}
		}
	}
	return ""
}

// groundPath is a reference below data as far as it is constant.
func groundPath(ref ast.Ref) []string {
	var path []string
	for _, term := range ref[1:] {
		key, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		path = append(path, string(key))
	}
	return path
}

func definitions(module *ast.Module) [][]string {
	var found [][]string
	for _, rule := range module.Rules {
		found = append(found, append(groundPath(module.Package.Path), groundPath(append(ast.Ref{ast.DefaultRootDocument}, asStrings(rule.Head.Ref())...))...))
	}
	return found
}

func asStrings(ref ast.Ref) []*ast.Term {
	terms := slices.Clone(ref.GroundPrefix())
	if v, ok := terms[0].Value.(ast.Var); ok {
		terms[0] = ast.StringTerm(string(v))
	}
	return terms
}

var (
	packageLine = regexp.MustCompile(`(?m)^\s*package\s+([\w.]+)`)
	ruleLine    = regexp.MustCompile(`(?m)^(?:default\s+)?([A-Za-z_]\w*)`)
)

// guessDefinitions says what a text that does not parse may define: every name that starts a line, in its package.
func guessDefinitions(text string) [][]string {
	header := packageLine.FindStringSubmatch(text)
	if header == nil {
		return nil
	}
	names := strings.Split(header[1], ".")
	var found [][]string
	for _, match := range ruleLine.FindAllStringSubmatch(text, -1) {
		if match[1] != "package" && match[1] != "import" {
			found = append(found, append(slices.Clone(names), match[1]))
		}
	}
	return found
}

// capabilities are what a policy may call: all that tests may, without what reads files for tests.
func capabilities() *ast.Capabilities {
	all := testCapabilities()
	all.Builtins = slices.DeleteFunc(slices.Clone(all.Builtins), func(b *ast.Builtin) bool {
		return slices.Contains(conftestBuiltins, b.Name)
	})
	return all
}

func decode[T any](request json.RawMessage) (T, error) {
	var value T
	err := json.Unmarshal(request, &value)
	return value, err
}
