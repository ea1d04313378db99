package main

import (
	"errors"
	"slices"
	"testing"
)

func TestMark(t *testing.T) {
	for _, one := range []struct {
		name, content, marked string
		documents             []string
	}{
		{"one document", "a: 1\n", "#portcullis:0\n\na: 1\n", []string{"a: 1\n"}},
		{"two documents", "a: 1\n---\nb: 2\n", "#portcullis:0\n\na: 1\n---\n#portcullis:1\n\nb: 2\n", []string{"a: 1", "b: 2\n"}},
		{"a leading separator", "--- # first\na: 1\n", "#portcullis:0\n\na: 1\n", []string{"a: 1\n"}},
		{"a document that starts on its separator", "--- {a: 1}\n", "", []string{"--- {a: 1}\n"}},
		{"a directive", "%YAML 1.1\n---\na: 1\n", "", []string{"%YAML 1.1", "a: 1\n"}},
		{"a byte order mark", "\xef\xbb\xbfa: 1\n", "", []string{"\xef\xbb\xbfa: 1\n"}},
		{"Windows line ends", "a: 1\r\n---\r\nb: 2\r\n", "#portcullis:0\n\na: 1\r\n---\r\n#portcullis:1\n\nb: 2\r\n", []string{"a: 1\r", "b: 2\r\n"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			m := &marks{}
			if marked := string(m.addFile("a.yaml", []byte(one.content))); marked != one.marked {
				t.Errorf("marked %q, expected %q", marked, one.marked)
			}
			if len(m.documents) != len(one.documents) {
				t.Fatalf("%d documents, expected %d", len(m.documents), len(one.documents))
			}
			for at, text := range one.documents {
				if found := m.documents[at]; string(found.text) != text || found.file != "a.yaml" {
					t.Errorf("document %d is %q of %s", at, found.text, found.file)
				}
			}
		})
	}
}

func TestObjects(t *testing.T) {
	for _, one := range []struct {
		name, text string
		found      []namedObject
	}{
		{"one object", "kind: ConfigMap\nmetadata: {name: a}\n", []namedObject{{"ConfigMap", "a"}}},
		{"items of a list", "kind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: a}\n- kind: Secret\n  metadata: {name: b}\n", []namedObject{{"ConfigMap", "a"}, {"Secret", "b"}}},
		{"a list of other things", "kind: List\nitems: [[], a, null]\n", nil},
		{"no YAML", "a: [", nil},
		{"no object", "- a\n", nil},
	} {
		t.Run(one.name, func(t *testing.T) {
			if found := (&markedDocument{text: []byte(one.text)}).objects(); !slices.Equal(found, one.found) {
				t.Errorf("%v, expected %v", found, one.found)
			}
		})
	}
}

func TestCanBecome(t *testing.T) {
	affixes := naming{prefixes: []string{"", "p-", "q-"}, suffixes: []string{"-s"}}
	for _, one := range []struct {
		name      string
		by        naming
		own, to   string
		mayBeHash bool
		expected  bool
	}{
		{"the same name", naming{}, "web", "web", false, true},
		{"a name within another", naming{}, "web", "web-api", false, false},
		{"a prefix and a suffix", affixes, "web", "p-web-s", false, true},
		{"prefixes of two overlays", affixes, "web", "p-q-web", false, true},
		{"a prefix that no kustomization has", affixes, "web", "r-web", false, false},
		{"a hash", naming{}, "web", "web-k284879947", true, true},
		{"a hash after a suffix", affixes, "web", "web-s-k284879947", true, true},
		{"a hash on what never gets one", naming{}, "web", "web-k284879947", false, false},
		{"no name", naming{}, "", "web", false, false},
	} {
		t.Run(one.name, func(t *testing.T) {
			if found := one.by.canBecome(one.own, one.to, one.mayBeHash); found != one.expected {
				t.Errorf("%v, expected %v", found, one.expected)
			}
		})
	}
}

func TestShowsMarks(t *testing.T) {
	for text, expected := range map[string]bool{
		"yaml: line 4: did not find expected key": true,
		"#portcullis:0":                         true,
		"no matches for Id Deployment.apps/web": false,
	} {
		if found := showsMarks(errors.New(text)); found != expected {
			t.Errorf("%s: %v, expected %v", text, found, expected)
		}
	}
}
