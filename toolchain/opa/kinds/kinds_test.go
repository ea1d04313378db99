package kinds

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

const helpers = `package lib

is_pod if input.kind == "Pod"

is_workload if is_pod

is_workload if input.kind in workloads

workloads := {"Deployment", "Job"}

listed contains "Pod"

apps if startswith(input.apiVersion, "apps/")

numbered := 1 if input.replicas

numbered := 2 if input.kind == "Pod"

default flagged := false

flagged if input.kind == "Pod"
`

func parse(text string) *ast.Module {
	return ast.MustParseModuleWithOpts(text, ast.ParserOptions{RegoVersion: ast.RegoV1})
}

func TestTheConditionOfARuleIsThatOfAllItsBodies(t *testing.T) {
	for body, want := range map[string]string{
		`deny contains "x" if input.kind == "Pod"`:                                                 `input.kind == "Pod"`,
		`deny contains "x" if "Pod" == input.kind`:                                                 `input.kind == "Pod"`,
		`deny contains "x" if input["kind"] = "Pod"`:                                               `input.kind == "Pod"`,
		`deny contains "x" if { some x; input.kind == "Pod"; x = 1 }`:                              `input.kind == "Pod"`,
		`deny contains "x" if input.kind in ["Pod", "Job"]`:                                        `input.kind == "Job" or input.kind == "Pod"`,
		`deny contains "x" if input.kind in lib.workloads`:                                         `input.kind == "Deployment" or input.kind == "Job"`,
		`deny contains "x" if lib.is_workload`:                                                     `input.kind == "Deployment" or input.kind == "Job" or input.kind == "Pod"`,
		`deny contains "x" if { lib.apps; not input.metadata.labels; lib.is_pod }`:                 `input.kind == "Pod"`,
		`deny contains "x" if { input.apiVersion != "v1"; input.kind == "Pod" }`:                   `input.kind == "Pod"`,
		`deny contains "x" if object.kind == "Pod"`:                                                `input.review.object.kind == "Pod"`,
		"deny contains \"x\" if input.kind == \"Pod\"\ndeny contains \"y\" if input.kind == \"A\"": `input.kind == "A" or input.kind == "Pod"`,
		`deny := "x" if { input.kind == "Pod" } else := "y" if { input.kind == "Job" }`:            `input.kind == "Job" or input.kind == "Pod"`,

		`deny contains "x" if { f(input.x) > 1; lib.is_pod }`:                                        "",
		`deny contains "x" if { f(input.x) > 1; input.kind in {"Pod"} }`:                             "",
		`deny[x] := y if { some x, y in input.list; input.kind == "Pod" }`:                           "",
		`deny contains "x" if not input.kind == "Pod"`:                                               "",
		`deny contains "x" if input.kind != "Pod"`:                                                   "",
		`deny contains "x" if input.kind == 1`:                                                       "",
		`deny contains "x" if input.kind in {"Pod", 1}`:                                              "",
		`deny contains "x" if input.kind in input.kinds`:                                             "",
		`deny contains "x" if input.kind in lib.listed`:                                              "",
		`deny contains "x" if input.kind == "Pod" with input as {"kind": "Pod"}`:                     "",
		`deny contains "x" if { f(input.x) > 1; input.kind == "Pod" }`:                               `input.kind == "Pod"`,
		`deny contains "x" if { lib.numbered; input.kind == "Pod" }`:                                 `input.kind == "Pod"`,
		`deny contains "x" if lib.flagged`:                                                           "",
		`deny contains "x" if { some x in input.list; x == 1; input.kind == "Pod" }`:                 `input.kind == "Pod"`,
		`deny contains "x" if { object := {"kind": "Pod"}; object.kind == "Pod" }`:                   "",
		"deny contains \"x\" if input.kind == \"Pod\"\ndeny contains \"y\" if input.other":           "",
		"deny contains \"x\" if input.kind == \"Pod\"\ndeny contains \"y\" if input.a.kind == \"A\"": "",
		`deny := "x" if { input.kind == "Pod" } else := "y"`:                                         "",
		"default deny := \"x\"\ndeny := \"y\" if input.kind == \"Pod\"":                              "",
	} {
		text := "package main\n\nimport data.lib\nimport input.review.object\n\nf(x) := x\n\n" + body
		reader := NewReader(map[string]*ast.Module{"a.rego": parse(text), "lib.rego": parse(helpers)})
		got := ""
		if condition := reader.OfRule(Rule{ast.MustParseRef("data.main"), "deny"}); condition != nil {
			got = strings.Join(condition.guards(), " or ")
		}
		if got != want {
			t.Errorf("%s\n\tgot  %q\n\twant %q", body, got, want)
		}
	}
}

func TestOnlyWhatNothingGoesThroughIsSplit(t *testing.T) {
	pods := "\ndeny contains \"x\" if input.kind == \"Pod\"\n\ndeny contains \"y\" if input.kind == \"Pod\"\n"
	for name, one := range map[string]struct {
		text  string
		split bool
	}{
		"bodies of one kind":               {pods, true},
		"one body":                         {"\ndeny contains \"x\" if input.kind == \"Pod\"\n", false},
		"the rule is read":                 {pods + "\nwarn contains x if some x in data.main.deny\n", true},
		"the package is read":              {pods + "\nwarn contains x if some x in data.main[input.x]\n", false},
		"the package is read under a name": {"import data.main as all\n" + pods + "\nf(x) := all if x\n", false},
		"METADATA is read":                 {pods + "\nwarn contains rego.metadata.rule().title\n", false},
		"a rule has the name of a part":    {pods + "\nportcullis_part_0 := 1\n", false},
	} {
		modules := map[string]*ast.Module{"a.rego": parse("package main\n" + one.text)}
		compiler := ast.NewCompiler()
		compiler.Compile(map[string]*ast.Module{"a.rego": modules["a.rego"].Copy()})
		out := Split(NewReader(modules), modules, compiler.Modules, []Rule{{ast.MustParseRef("data.main"), "deny"}})
		paths := slices.Sorted(maps.Keys(out))
		if split := len(paths) > 1; split != one.split {
			t.Errorf("%s: got %v", name, paths)
		}
	}
}
