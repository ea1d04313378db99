package twins

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// generated is what Generate makes of one module whose rule `deny` decides; the policy and its twins must compile together.
func generated(t *testing.T, rego string) Output {
	t.Helper()
	module, err := ast.ParseModuleWithOpts("main.rego", "package main\n"+rego, ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
	if err != nil {
		t.Fatal(err)
	}
	modules := map[string]*ast.Module{"main.rego": module}
	before := module.String()
	out, err := Generate(Input{Modules: modules, Rules: []Rule{{Index: 7, Package: module.Package.Path, Name: "deny"}}})
	if err != nil {
		t.Fatal(err)
	}
	if module.String() != before {
		t.Errorf("the policy was changed:\n%s", module)
	}
	for path, twin := range out.Modules {
		modules[path] = twin
	}
	compiler := ast.NewCompiler()
	if compiler.Compile(modules); compiler.Failed() {
		t.Errorf("the twins do not compile: %v", compiler.Errors)
	}
	return out
}

// readsOf lists what the steps of a twin read, as `kind path`, `!` before what is read under a negation.
func readsOf(t *testing.T, static any) []string {
	t.Helper()
	var out []string
	for _, step := range static.(Static).Steps {
		for _, r := range step.Reads {
			path, err := json.Marshal(r.Alts[0])
			if err != nil {
				t.Fatal(err)
			}
			mark := ""
			if r.Neg {
				mark = "!"
			}
			out = append(out, step.Kind+" "+mark+string(path))
		}
	}
	return out
}

func TestReads(t *testing.T) {
	for _, one := range []struct {
		name, rego string
		// By twin.
		reads [][]string
	}{
		{"a condition on a field", `deny contains "m" if input.spec.replicas < 2`, [][]string{{`condition {"h":"input","p":["spec","replicas"]}`}}},
		{"a field that must be there", `deny contains "m" if not input.spec.x`, [][]string{{`condition !{"h":"input","p":["spec","x"]}`}}},
		{"an iteration", "deny contains m if {\n\tsome c in input.spec.containers\n\tc.privileged\n\tm := c.name\n}", [][]string{{
			`iteration {"h":"input","p":["spec","containers",{"v":"portcullis_k0"}]}`,
			`condition {"h":"input","p":["spec","containers",{"v":"portcullis_k0"},"privileged"]}`,
		}}},
		{"a wildcard", `deny contains "m" if input.spec.ports[_].hostPort`, [][]string{{`condition {"h":"input","p":["spec","ports",{"v":"portcullis_w0"},"hostPort"]}`}}},
		{"a helper", "deny contains \"m\" if bad\n\nbad if input.spec.x == 1", [][]string{{`condition {"h":"input","p":["spec","x"]}`}}},
		{"two bodies of a rule", "deny contains \"a\" if input.a\n\ndeny contains \"b\" if input.b", [][]string{
			{`condition {"h":"input","p":["a"]}`}, {`condition {"h":"input","p":["b"]}`},
		}},
		{"a set that other rules make", "deny contains m if some m in errors\n\nerrors contains \"a\" if input.a\n\nerrors contains \"b\" if input.b", [][]string{
			{`condition {"h":"input","p":["a"]}`}, {`condition {"h":"input","p":["b"]}`},
		}},
		{"what only the message reads", "deny contains m if {\n\tinput.a\n\tn := input.metadata.name\n\tm := sprintf(\"%v\", [n])\n}", [][]string{{`condition {"h":"input","p":["a"]}`}}},
		{"a rule that does not decide", `warn contains "m" if input.a`, nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			out := generated(t, one.rego)
			if len(out.Statics) != len(one.reads) {
				t.Fatalf("%d twins, expected %d", len(out.Statics), len(one.reads))
			}
			for at, expected := range one.reads {
				if found := readsOf(t, out.Statics[at]); strings.Join(found, "\n") != strings.Join(expected, "\n") {
					t.Errorf("twin %d reads\n%s\nexpected\n%s", at, strings.Join(found, "\n"), strings.Join(expected, "\n"))
				}
				if rule := out.Statics[at].(Static).Rule; rule != 7 {
					t.Errorf("twin %d is of rule %d", at, rule)
				}
			}
		})
	}
}

func TestTwinsYieldTheirKeys(t *testing.T) {
	out := generated(t, "deny contains m if {\n\tsome c in input.xs\n\tc.bad\n\tm := c.name\n}")
	text := out.Modules["main.rego#twins"].String()
	for _, expected := range []string{"package portcullis_twins.m0", `"portcullis_k0": portcullis_k0`, "some portcullis_k0, c in input.xs"} {
		if !strings.Contains(text, expected) {
			t.Errorf("no %s in\n%s", expected, text)
		}
	}
	if len(out.Queries) != 1 || out.Queries[0].String() != "data.portcullis_twins.m0.twin" {
		t.Errorf("queries are %v", out.Queries)
	}
}

func TestMetadataOfTheOriginalRule(t *testing.T) {
	out := generated(t, "# METADATA\n# title: no x\ndeny contains rego.metadata.rule().title if input.x")
	text := out.Modules["main.rego#twins"].String()
	if strings.Contains(text, "rego.metadata") || !strings.Contains(text, "no x") {
		t.Errorf("the twin does not have the annotations of its rule:\n%s", text)
	}
}
