package main

import (
	"encoding/json"
	"regexp"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"portcullis.dev/toolchain/opa/lint"
)

type lintRequest struct {
	Modules []moduleSource `json:"modules"`
}

// formatted is a file whose text `opa fmt` would change.
type formatted struct {
	Path string `json:"path"`
	Text string `json:"text"`
	// V0: the file is written in Rego v0, and Text is the same in v1.
	V0 bool `json:"v0"`
}

type lintAnswer struct {
	Issues    []lint.Issue `json:"issues"`
	Formatted []formatted  `json:"formatted"`
	Errors    []regoError  `json:"errors"`
}

// lintOperation finds what is legal in modules and should be otherwise, as far as their syntax tells.
func lintOperation(request json.RawMessage, _ []byte) (any, []byte, error) {
	asked, err := decode[lintRequest](request)
	if err != nil {
		return nil, nil, err
	}
	answer := lintAnswer{Issues: []lint.Issue{}, Formatted: []formatted{}}
	sources := make([]moduleSource, len(asked.Modules))
	for i, source := range asked.Modules {
		sources[i] = source
		one := layout(&sources[i])
		if one.V0 {
			answer.Issues = append(answer.Issues, lint.Issue{Path: source.Path, Line: 1, Rule: "v0-syntax", Message: "the file is written in Rego v0"})
		}
		if one.Text != "" && one.Text != source.Text {
			answer.Formatted = append(answer.Formatted, one)
		}
	}
	set := load(sources, func(c *ast.Compiler) *ast.Compiler {
		return c.WithEnablePrintStatements(true).WithCapabilities(testCapabilities())
	})
	answer.Errors = finish(set.errors, set.texts)
	answer.Issues = append(answer.Issues, strictIssues(set)...)
	for path, module := range set.parsed {
		if !(moduleSource{Path: path}).isTest() {
			answer.Issues = append(answer.Issues, lint.Module(module, decidingName.MatchString)...)
		}
	}
	lint.Sort(answer.Issues)
	return answer, nil, nil
}

// layout formats a file, and sets the version that it is written in: v0 where it cannot be read as v1.
func layout(source *moduleSource) formatted {
	options := format.Opts{RegoVersion: ast.RegoV1, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV1}}
	if text, err := format.SourceWithOpts(source.Path, []byte(source.Text), options); err == nil {
		source.RegoVersion = "v1"
		return formatted{source.Path, string(text), false}
	}
	options = format.Opts{RegoVersion: ast.RegoV0CompatV1, ParserOptions: &ast.ParserOptions{RegoVersion: ast.RegoV0}}
	if text, err := format.SourceWithOpts(source.Path, []byte(source.Text), options); err == nil {
		source.RegoVersion = "v0"
		return formatted{source.Path, string(text), true}
	}
	// A file with builtins that v1 lacks cannot be laid out for both.
	if _, err := ast.ParseModuleWithOpts(source.Path, source.Text, ast.ParserOptions{RegoVersion: ast.RegoV0}); err == nil {
		source.RegoVersion = "v0"
		return formatted{Path: source.Path, V0: true}
	}
	return formatted{Path: source.Path}
}

var strictRules = []struct {
	rule    string
	pattern *regexp.Regexp
}{
	{"unused-import", regexp.MustCompile(`^import .* unused$`)},
	{"unused-variable", regexp.MustCompile(`^(?:assigned|declared) var .* unused$|^unused argument `)},
	{"deprecated-builtin", regexp.MustCompile(`^deprecated built-in function`)},
}

// strictIssues are what OPA's strict mode refuses and its normal mode accepts.
func strictIssues(set policySet) []lint.Issue {
	compiler := ast.NewCompiler().SetErrorLimit(0).WithStrict(true).WithEnablePrintStatements(true).WithCapabilities(testCapabilities())
	compiler.Compile(set.parsed)
	issues := []lint.Issue{}
	for _, e := range finish(fromAst("", compiler.Errors), set.texts) {
		rule := "strict-mode"
		for _, known := range strictRules {
			if known.pattern.MatchString(e.Message) {
				rule = known.rule
			}
		}
		issues = append(issues, lint.Issue{Path: e.Path, Line: e.Line, Rule: rule, Message: e.Message})
	}
	return issues
}
