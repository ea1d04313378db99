package main

import (
	"testing"

	yamlv2 "go.yaml.in/yaml/v2"
	"sigs.k8s.io/kustomize/api/provider"
)

// Of each object the test writes out: whether it is printed the short way, and that both ways print the same.
func TestPrintedTheShortWay(t *testing.T) {
	for name, one := range map[string]struct {
		text  string
		short bool
	}{
		"plain, quoted and literal texts": {"a: b c\nd: 'it''s'\ne: \"x\\n\\ty\"\nf: |\n  one\n    two\n  three\ng: |-\n  x\n  y\n", true},
		"texts that look otherwise":       {"a: 'true'\nb: \"1\"\nc: 'null'\nd: '~'\ne: \"\"\nf: 'yes'\ng: \"0x1\"\nh: '2020-01-01'\ni: '<<'\n", true},
		"what is no text":                 {"a: 1\nb: true\nc: null\nd:\ne: 0\nf: -5\ng: false\n", true},
		"decimals":                        {"a: 1.5\nb: 2.0\nc: 0.25\n", true},
		"empty collections":               {"a: {}\nb: []\nc: [{}, []]\n", true},
		"flow":                            {"a: {b: c, d: [1, x, 'y z']}\n", true},
		"comments":                        {"# head\na: b # line\n# foot\n\n# next\nc:\n# inner\n- d # line\n# last\n", true},
		"keys":                            {"a/b: c\n'on': d\n\"1\": e\nx.y-z: f\n", true},
		"order of keys":                   {"b10: 1\nb2: 1\na: 1\nB: 1\nb: 1\n", true},
		"words beyond ASCII":              {"a: grün\nb: 'ü'\nc: 日本\nd: \"\U0001F600\"\n", true},
		"yes as YAML 1.1 has it":          {"a: yes\nb: on\n", true},
		"anchors":                         {"a: &x 1\nb: *x\n", true},
		"merge keys":                      {"a: &x {c: d}\nb:\n  <<: *x\n", true},
		"tags":                            {"a: !!str 1\n", false},
		"own tags":                        {"a: !x 1\n", false},
		"folded texts":                    {"a: >\n  one\n  two\n", false},
		"octal, hexadecimal and grouped":  {"a: 0777\n", false},
		"hexadecimal":                     {"a: 0xff\n", false},
		"grouped digits":                  {"a: 1_000\n", false},
		"a large number":                  {"a: 12345678901234567890\n", false},
		"a number with an exponent":       {"a: 1e3\n", false},
		"not a number":                    {"a: .nan\n", false},
		"a date":                          {"a: 2020-01-01\n", false},
		"other words for true":            {"a: True\n", false},
		"keys that are no texts":          {"1: a\ntrue: b\n", false},
		"nothing in flow":                 {"a: {b: }\n", false},
		"comments in flow":                {"a: [b, # line\n  c]\n", false},
		"a text that ends in empty lines": {"a: |+\n  b\n\n", false},
		"a text that begins with blanks":  {"a: |2\n    b\n  c\n", false},
		"a next line":                     {"a: \"b\\Nc\"\n", false},
		"a byte order mark":               {"a: \"b\\uFEFFc\"\n", false},
		"a delete":                        {"a: \"b\\x7fc\"\n", false},
		"a return":                        {"a: \"b\\rc\"\n", false},
	} {
		short := sameBothWays(t, name, "apiVersion: v1\nkind: A\nmetadata: {name: x}\n"+one.text)
		if short != one.short {
			t.Errorf("%s: printed the short way: %v, expected %v", name, short, one.short)
		}
	}
}

func FuzzPrinted(f *testing.F) {
	f.Add("a: |\n  b\nc: 'd'\n")
	f.Fuzz(func(t *testing.T, text string) { sameBothWays(t, text, text) })
}

// sameBothWays tells whether all objects of a text are printed the short way.
func sameBothWays(t *testing.T, name, text string) bool {
	resources, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes([]byte(text))
	if err != nil {
		return false
	}
	all := true
	for _, one := range resources {
		value, known := plainValue(one.YNode(), false)
		if all = all && known; !known {
			continue
		}
		short, err := yamlv2.Marshal(value)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		long, err := one.AsYAML()
		if err != nil || string(short) != string(long) {
			t.Errorf("%s: the short way prints\n%s\nthe long way\n%s%v", name, short, long, err)
		}
	}
	return all
}
