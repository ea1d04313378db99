package twins

import (
	"regexp"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Where a collection is made by the policy, a twin goes through the lists of the document that it is made of.
func TestTwinsGoThroughTheDocument(t *testing.T) {
	for _, one := range []struct {
		name, rego string
		// The paths that the twins read in conditions, by twin.
		conditions []string
	}{
		{"a comprehension of a rule", "images := [c.image | some c in input.xs]\ndeny contains i if { some i in images; i == \"a\" }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"image"]}`,
		}},
		{"several lists joined", "all := array.concat(object.get(input, \"xs\", []), input.ys)\ndeny contains \"m\" if { some c in all; c.bad }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"bad"]}`,
			`{"h":"input","p":["ys",{"v":"portcullis_k0"},"bad"]}`,
		}},
		{"a set that several rules make", "names contains c.name if some c in input.xs\nnames contains c.name if some c in input.ys\ndeny contains n if { some n in names; n == \"a\" }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"name"]}`,
			`{"h":"input","p":["ys",{"v":"portcullis_k0"},"name"]}`,
		}},
		{"an object of a rule", "by[c.name] := c.image if some c in input.xs\ndeny contains n if { some n, image in by; image == \"a\" }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"image"]}`,
		}},
		{"a set for each key", "by[c.name] contains e if { some c in input.xs; some e in c.env }\ndeny contains n if { some n, env in by; env[_] == \"a\" }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k2"},"env",{"v":"portcullis_k3"}]}`,
		}},
		{"any element of a let", "deny contains \"m\" if { bad := {c | some c in input.xs; c.bad}; count(bad) > 0 }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"bad"]}`,
		}},
		{"a wildcard", "images := {c.image | some c in input.xs}\ndeny contains \"m\" if endswith(images[_], \"a\")", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"image"]}`,
		}},
		{"a member", "images := {c.image | some c in input.xs}\ndeny contains \"m\" if \"a\" in images", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"image"]}`,
		}},
		{"what a function returns", "all(x) := [c | some c in x.list]\ndeny contains \"m\" if { some c in all(input); c.bad }", []string{
			`{"h":"input","p":["list",{"v":"portcullis_k0"},"bad"]}`,
		}},
		{"a rule that goes through a list", "deny contains \"m\" if bad\nbad if { some c in input.xs; c.bad }", []string{
			`{"h":"input","p":["xs",{"v":"portcullis_k0"},"bad"]}`,
		}},
	} {
		t.Run(one.name, func(t *testing.T) {
			out := generated(t, one.rego)
			if len(out.Statics) != len(one.conditions) {
				t.Fatalf("%d twins, expected %d", len(out.Statics), len(one.conditions))
			}
			for at, expected := range one.conditions {
				reads := readsOf(t, out.Statics[at])
				if last := reads[len(reads)-1]; last != "condition "+expected {
					t.Errorf("twin %d reads last\n%s\nexpected\n%s", at, last, expected)
				}
			}
		})
	}
}

func TestTwinsKeepWhatCannotBeRewritten(t *testing.T) {
	for name, rego := range map[string]string{
		"a negation":          "names := {c.name | some c in input.xs}\ndeny contains \"m\" if not \"a\" in names",
		"a list by index":     "names := [c.name | some c in input.xs]\ndeny contains \"m\" if { some i; names[i] == names[i + 1] }",
		"an else":             "names := [c.name | some c in input.xs] if input.a else := input.b\ndeny contains n if some n in names",
		"a default with text": "default names := [\"x\"]\nnames := [c.name | some c in input.xs] if input.a\ndeny contains n if some n in names",
		"a threshold":         "names := {c.name | some c in input.xs}\ndeny contains \"m\" if count(names) > 3",
	} {
		t.Run(name, func(t *testing.T) {
			out := generated(t, rego)
			text := out.Modules["main.rego#twins"].String()
			if len(out.Statics) != 1 || !strings.Contains(text, "names") {
				t.Errorf("the twin does not use the rule:\n%s", text)
			}
		})
	}
}

// The variables of what is inlined must not meet those of the body, whatever they are called.
func TestInlinedVariablesAreNew(t *testing.T) {
	out := generated(t, "names := {c | c := input.xs[_].name}\nothers := {c | c := input.ys[_].name}\ndeny contains c if { some c in names; some d in others; c != d; {c | input.zs[c]} != set() }")
	text := out.Modules["main.rego#twins"].String()
	bound := regexp.MustCompile(`assign\([cd], (portcullis_\w+)\)`).FindAllStringSubmatch(text, -1)
	if len(bound) != 2 || bound[0][1] == bound[1][1] || !strings.Contains(text, "input.zs[c]") {
		t.Errorf("the variables meet in\n%s", text)
	}
}

func TestNamesOfAnotherModuleAreWrittenOut(t *testing.T) {
	parse := func(path, text string) *ast.Module {
		module, err := ast.ParseModuleWithOpts(path, text, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		return module
	}
	modules := map[string]*ast.Module{
		"lib.rego":  parse("lib.rego", "package lib\nimport input.spec as pod\nall := array.concat(pod.xs, extra)\nextra := [c | some c in pod.ys; allowed(c)]\nallowed(c) if c.ok"),
		"main.rego": parse("main.rego", "package main\nimport data.lib\ndeny contains c.name if { some c in lib.all; c.bad }"),
	}
	out, err := Generate(Input{Modules: modules, Rules: []Rule{{Package: modules["main.rego"].Package.Path, Name: "deny"}}})
	if err != nil {
		t.Fatal(err)
	}
	text := out.Modules["main.rego#twins"].String()
	for _, expected := range []string{"in input.spec.xs", "in input.spec.ys", "data.lib.allowed("} {
		if !strings.Contains(text, expected) {
			t.Errorf("no %s in\n%s", expected, text)
		}
	}
}

func TestAnElseHoldsBecauseOfWhatIsMissingBeforeIt(t *testing.T) {
	out := generated(t, "limit(c) := c.limit if { c.limit } else := \"none\"\ndeny contains \"m\" if { some c in input.xs; limit(c) == \"none\" }")
	reads := strings.Join(readsOf(t, out.Statics[0]), "\n")
	if !strings.Contains(reads, `condition !{"h":"input","p":["xs",{"v":"portcullis_k0"},"limit"]}`) {
		t.Errorf("the absence of the limit is not among\n%s", reads)
	}
}

func TestPlainTwinsAreAsWritten(t *testing.T) {
	module, err := ast.ParseModuleWithOpts("main.rego", "package main\nnames := {c.name | some c in input.xs}\ndeny contains n if some n in names", ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		t.Fatal(err)
	}
	out, err := Generate(Input{Modules: map[string]*ast.Module{"main.rego": module}, Rules: []Rule{{Package: module.Package.Path, Name: "deny"}}, Plain: true})
	if err != nil {
		t.Fatal(err)
	}
	if text := out.Modules["main.rego#twins"].String(); !strings.Contains(text, "n in names") {
		t.Errorf("the body was rewritten:\n%s", text)
	}
}
