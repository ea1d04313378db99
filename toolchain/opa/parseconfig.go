package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/types"
	"github.com/open-policy-agent/opa/v1/util"
)

// Tests written for conftest build their input with these builtins. Here they read YAML and JSON, from the files that
// came with the request and from nowhere else.
var conftestBuiltins = []string{"parse_config", "parse_config_file", "parse_combined_config_files"}

// readable is what the running tests may read, by path.
var readable map[string]string

func init() {
	object := types.NewObject(nil, types.NewDynamicProperty(types.S, types.NewAny()))
	rego.RegisterBuiltin2(
		&rego.Function{Name: conftestBuiltins[0], Decl: types.NewFunction(types.Args(types.S, types.S), object)},
		func(_ rego.BuiltinContext, parser, text *ast.Term) (*ast.Term, error) {
			name, source := string(parser.Value.(ast.String)), string(text.Value.(ast.String))
			value, err := parseAs(name, source)
			if err != nil {
				return nil, err
			}
			return ast.NewTerm(value), nil
		})
	rego.RegisterBuiltin1(
		&rego.Function{Name: conftestBuiltins[1], Decl: types.NewFunction(types.Args(types.S), object)},
		func(context rego.BuiltinContext, file *ast.Term) (*ast.Term, error) {
			_, value, err := parseFile(context, file)
			if err != nil {
				return nil, err
			}
			return ast.NewTerm(value), nil
		})
	rego.RegisterBuiltin1(
		&rego.Function{Name: conftestBuiltins[2], Decl: types.NewFunction(types.Args(types.NewArray(nil, types.S)), object)},
		func(context rego.BuiltinContext, files *ast.Term) (*ast.Term, error) {
			list, ok := files.Value.(*ast.Array)
			if !ok {
				return nil, fmt.Errorf("expected a list of paths")
			}
			var combined []*ast.Term
			for i := range list.Len() {
				name, value, err := parseFile(context, list.Elem(i))
				if err != nil {
					return nil, err
				}
				combined = append(combined, ast.ObjectTerm(
					[2]*ast.Term{ast.StringTerm("path"), ast.StringTerm(name)},
					[2]*ast.Term{ast.StringTerm("contents"), ast.NewTerm(value)},
				))
			}
			return ast.ArrayTerm(combined...), nil
		})
}

// Paths are relative to the file that calls, as in conftest.
func parseFile(context rego.BuiltinContext, file *ast.Term) (string, ast.Value, error) {
	relative, ok := file.Value.(ast.String)
	if !ok {
		return "", nil, fmt.Errorf("expected a path")
	}
	name := path.Join(path.Dir(context.Location.File), string(relative))
	text, present := readable[name]
	if !present {
		return name, nil, fmt.Errorf("file %s was not given to the test", name)
	}
	value, err := parseAs(strings.TrimPrefix(path.Ext(name), "."), text)
	return name, value, err
}

func parseAs(parser, text string) (ast.Value, error) {
	if !slices.Contains([]string{"yaml", "yml", "json"}, parser) {
		return nil, fmt.Errorf("parser %q is not supported: yaml and json are", parser)
	}
	var documents []any
	for _, part := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n---\n") {
		var document any
		if err := util.Unmarshal([]byte(part), &document); err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	if len(documents) == 1 {
		return ast.InterfaceToValue(documents[0])
	}
	return ast.InterfaceToValue(documents)
}

// testCapabilities are OPA's own, without the network that schemas may ask for, and conftest's builtins.
func testCapabilities() *ast.Capabilities {
	all := ast.CapabilitiesForThisVersion()
	all.AllowNet = []string{}
	return all
}
