package main

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// withoutCopies drops rules that repeat another rule of their package word for word, as libraries do that every policy
// brings its own copy of. To evaluate one of them is to evaluate all. Rules that decide stay, since each is a place of its
// own, and so does what tells copies apart: print and what METADATA says. The modules that are given are not changed.
func withoutCopies(modules map[string]*ast.Module) map[string]*ast.Module {
	kept := map[string][]*ast.Rule{}
	out := maps.Clone(modules)
	for _, path := range sortedKeys(modules) {
		module := modules[path]
		names := meaningOfNames(module)
		rules := make([]*ast.Rule, 0, len(module.Rules))
		for _, rule := range module.Rules {
			if staysForItself(rule) || !isCopy(kept, names, rule) {
				rules = append(rules, rule)
			}
		}
		if len(rules) < len(module.Rules) {
			smaller := *module
			smaller.Rules = rules
			out[path] = &smaller
		}
	}
	return out
}

// meaningOfNames is what the names in a module's rules depend on, besides the rules of its package.
func meaningOfNames(module *ast.Module) string {
	imports := make([]string, 0, len(module.Imports))
	for _, one := range module.Imports {
		imports = append(imports, one.String())
	}
	sort.Strings(imports)
	return fmt.Sprintf("%s %d %s", module.Package.Path, module.RegoVersion(), strings.Join(imports, " "))
}

func staysForItself(rule *ast.Rule) bool {
	head, ok := rule.Head.Ref()[0].Value.(ast.Var)
	if !ok || rule.Default || decidingName.MatchString(string(head)) || head == "exception" {
		return true
	}
	found := false
	ast.WalkRefs(rule, func(ref ast.Ref) bool {
		name := ref.String()
		found = found || name == ast.Print.Name || strings.HasPrefix(name, "rego.metadata")
		return found
	})
	return found
}

func isCopy(kept map[string][]*ast.Rule, names string, rule *ast.Rule) bool {
	plain := numberedWildcards(rule)
	key := names + " " + rule.Head.Ref().String()
	for _, other := range kept[key] {
		if other.Equal(plain) {
			return true
		}
	}
	kept[key] = append(kept[key], plain)
	return false
}

// numberedWildcards counts the wildcards of a rule from zero: the parser counts them through the file.
func numberedWildcards(rule *ast.Rule) *ast.Rule {
	numbers := map[ast.Var]ast.Var{}
	plain := rule.Copy()
	ast.WalkTerms(plain, func(term *ast.Term) bool {
		if v, ok := term.Value.(ast.Var); ok && v.IsWildcard() {
			if _, known := numbers[v]; !known {
				numbers[v] = ast.Var(fmt.Sprintf("%s%d", ast.WildcardPrefix, len(numbers)))
			}
			term.Value = numbers[v]
		}
		return false
	})
	return plain
}
