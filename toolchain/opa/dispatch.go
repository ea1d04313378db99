package main

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"portcullis.dev/toolchain/opa/kinds"
	"portcullis.dev/toolchain/opa/twins"
)

// dispatch has rules and twins asked only for the kinds that they are about, and returns the modules with the bodies of
// large sets split in the same way. What is found stays that of OPA for every document. A set is left as it is where the
// order of evaluation shows (print), or where something else can take the place of a rule or builtin (`with`).
func (e *entry) dispatch(set policySet, generated twins.Output) map[string]*ast.Module {
	if replacesRules(set.parsed) {
		return set.parsed
	}
	reader := kinds.NewReader(set.parsed)
	var sets []kinds.Rule
	for i, rule := range e.rules {
		known := kinds.Rule{Package: rule.pkg, Name: rule.Name}
		e.ofRules[i] = reader.OfRule(known)
		if rule.Shape == "set" {
			sets = append(sets, known)
		}
	}
	for i, query := range e.twins {
		for path, module := range set.parsed {
			if twin := generated.Modules[path+"#twins"]; twin != nil && query.HasPrefix(twin.Package.Path) && len(query) == len(twin.Package.Path)+1 {
				e.ofTwins[i] = reader.OfModule(module, decidingName.MatchString)
			}
		}
	}
	return kinds.Split(reader, set.parsed, set.compiler.Modules, sets)
}

// replacesRules says whether a rule is evaluated with anything else in another place than input.
func replacesRules(modules map[string]*ast.Module) bool {
	found := false
	for _, module := range modules {
		ast.WalkWiths(module, func(with *ast.With) bool {
			ref, ok := with.Target.Value.(ast.Ref)
			found = found || !ok || !ref.HasPrefix(ast.InputRootRef)
			return found
		})
	}
	return found
}
