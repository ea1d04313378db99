package main

import (
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
		{"a document that starts on its separator", "--- {a: 1}\n", "", nil},
		{"a directive", "%YAML 1.1\n---\na: 1\n", "", nil},
		{"a byte order mark", "\xef\xbb\xbfa: 1\n", "", nil},
		{"Windows line ends", "a: 1\r\n---\r\nb: 2\r\n", "#portcullis:0\n\na: 1\r\n---\r\n#portcullis:1\n\nb: 2\r\n", []string{"a: 1\r", "b: 2\r\n"}},
	} {
		t.Run(one.name, func(t *testing.T) {
			m := &marks{}
			if marked := string(m.mark("a.yaml", []byte(one.content))); marked != one.marked {
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

func TestLike(t *testing.T) {
	for _, one := range []struct {
		name, text, kind, of string
		found                int
	}{
		{"the object itself", "kind: ConfigMap\nmetadata: {name: a}\n", "ConfigMap", "a", 1},
		{"a name with a prefix and a suffix", "kind: ConfigMap\nmetadata: {name: a}\n", "ConfigMap", "x-a-y", 1},
		{"another kind", "kind: Secret\nmetadata: {name: a}\n", "ConfigMap", "a", 0},
		{"items of a list", "kind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: a}\n- kind: ConfigMap\n  metadata: {name: b}\n", "ConfigMap", "a", 1},
		{"no YAML", "a: [", "ConfigMap", "a", 0},
	} {
		t.Run(one.name, func(t *testing.T) {
			if found := (markedDocument{text: []byte(one.text)}).like(one.kind, one.of); len(found) != one.found {
				t.Errorf("%d objects, expected %d", len(found), one.found)
			}
		})
	}
}
