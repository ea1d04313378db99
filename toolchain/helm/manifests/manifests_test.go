package manifests

import (
	"fmt"
	"math/rand"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

// What charts print, with everything that the reader takes.
var plain = []string{
	"apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    app: web\nspec:\n  ports:\n  - port: 80\n    name: http\n  - port: 81\n",
	"# Source\n\nkind: Job\nmetadata:\n  annotations:\n    \"helm.sh/hook\": pre-install,post-install # once\n    helm.sh/hook-weight: \"-5\"\n    'a': b\n  name: 'x'\nspec:\n  args: []\n  env: {}\n",
	"kind: ConfigMap\nmetadata:\n  annotations:\n    version: 0.93.1\n  labels:\n    {}\ndata:\n  a.yaml: |\n    x: 1\n      y\n\n    # z\n  b: >-\n    one\n    two\n  c: |+\n\n    d\n",
	"kind: CustomResourceDefinition\nspec:\n  versions:\n    - name: v1\n      schema:\n        description: a text that\n          goes on, \"quoted\" - and [so]\n\n          on\n        pattern: ^[a-z]+$\n        other: 'it''s\n          more'\n        next: \"a \\\"b\\\"\n          c\"\n        path: .spec.x\n    - x\n",
	"kind: A\nmetadata:\nspec:\n  n: -1\n  f: 1.5\n  t: 12:30\n  d: 2020-01-01\n  e: 1e3\n  u: http://x/#y\n  v: é\n  w:\n    -\n    - b: |\n        c\n      d: yes\n",
	"",
}

var scraps = []string{
	":", ": ", "#", " #", "-", "- ", "'", "''", "\"", "\\", "|", ">", "{", "}", "{}", "[]", "[", "&a ", "*a", "!!str ", "~", "null", "y", "1", ".5", ".inf",
	"<<: x", "?", "? ", "%", "@", "`", "=", "\t", "  ", " ", "\n", "\n\n", "\n  ", "\n    ", "|-", ">+", "|2", "Kind: x\n", "metadata:\n", "  Name: y\n", "true", "é",
	"\u00a0", "\u2028", "\u0085", "\ufeff", "\x7f", "\xff", "- - a\n", "annotations:\n", "- a: b\n", "#c\n", "---", "\n---\n", "...", "# portcullis 0\n", "\r\n", "\v", "\f",
}

func mutated(random *rand.Rand) string {
	text := plain[random.Intn(len(plain))]
	for range random.Intn(4) {
		lines := strings.Split(text, "\n")
		at := random.Intn(len(lines))
		switch random.Intn(8) {
		case 0:
			lines = append(lines[:at], lines[at+1:]...)
		case 1:
			lines[at] = " " + lines[at]
		case 2:
			lines[at] = strings.TrimPrefix(lines[at], "  ")
		case 3:
			other := random.Intn(len(lines))
			lines[at], lines[other] = lines[other], lines[at]
		case 4:
			lines[at] += "\n" + lines[at]
		default:
			place := random.Intn(len(lines[at]) + 1)
			if value := strings.Index(lines[at], ": "); value != -1 && random.Intn(2) == 0 {
				place = value + 2
			}
			lines[at] = lines[at][:place] + scraps[random.Intn(len(scraps))] + lines[at][place:]
		}
		text = strings.Join(lines, "\n")
	}
	return text
}

// What looks like it, and is read otherwise or refused.
var odd = []string{
	"kind: A # c\n  d\n", "a: b # c\n  d\n", "a: b\n  # c\n  d\n", "- a # c\n  b\n", "a:\n- b # c\n  d\n",
	"a: |\n    \n  b\n", "a: |\n  b\n c\n", "a: |\n  b\n# c\n  d\n", "a: |\nb\n", "a:\n- |\n b\n- |\nc\n",
	"a: b\n  c: d\n", "a: b\n- c\n", "a:\n  - b\n  c: d\n", "a:\n  b: 1\n c: 2\n", "- a\n", "a\n", " a: 1\n", "a:\n- b\n  - c\n",
	"metadata:\n- annotations:\n    a: b\n", "metadata:\n  []\n", "metadata:\n  annotations:\n  - a: b\n", "metadata: []\n", "metadata: x\n",
	"metadata:\n  annotations:\n    a:\n", "metadata:\n  annotations:\n    a: 1\n", "metadata:\n  annotations:\n    a: true\n", "metadata:\n  annotations:\n    y: a\n",
	"metadata:\n  annotations:\n    a: b\n      c\n", "metadata:\n  annotations:\n    a:\n      b: c\n", "metadata:\n  annotations:\n    a: \"\\x\"\n",
	"metadata:\n  annotations:\n    a: 'b''c'\n", "metadata:\n  annotations:\n    a: b\n  annotations:\n    c: d\n", "metadata:\n  Annotations:\n    a: b\n",
	"kind: A\nkind: B\n", "Kind: A\n", "KIND: 1\nkind: B\n", "kind: 1\n", "kind: yes\n", "kind: null\n", "kind:\n", "kind: A\n  B\n", "kind: 1.2.3\n", "kind: [A]\n", "kind: |\n  A\n",
	"null: a\n", "Null: a\n", "~: a\n", "a: ~\n", "a: .inf\n", "a: -.INF\n", "a: .NaN\n", "a: <<\n", "<<: a\n", "'<<': a\n", "\"<<\": [a]\n",
	"a: *b\n", "a: &b c\n", "a: !b c\n", "a: %b\n", "a: @b\n", "a: `b\n", "a: ,b\n", "a: ? b\n", "a: - b\n", "a: b: c\n", "a: b:\n", "a: [b\n", "a: {b\n", "a: ]\n",
	"a: 'b\n", "a: 'b' c\n", "a: 'b\nc'\n", "a: \"b\n  c\n", "a: \"\\q\"\n", "a: \"b\" c: d\n", "'a' : b\n", "a: \"b # \\q\"\n", "a:\n  'b\n", "a: 'b'\n  c\n",
	"a: b\n...\nc: d\n", "%YAML 1.1\n", "a:\tb\n", "a: b\x00\n", "a: \xff\n", "\ufeffa: b\n", "a: b\u2028c: d\n", "a: b\u0085c\n", "a: b\rc: d\n",
	"a: |1\n b\n", "a: |2-\n  b\n", "a: | b\n", "a: |# c\n  b\n", "a:b\n", "a:  b\n", "a: b #c\n", "a: b#c\n", "- - a\n", "a:\n- - b\n", "a:\n-\n- b\n",
}

const mutations = 40_000

func TestHeadsAreWhatHelmReads(t *testing.T) {
	for _, text := range plain {
		if _, known := ReadHead(text); !known {
			t.Errorf("left to Helm: %q", text)
		}
	}
	for _, text := range odd {
		checkHead(t, text)
	}
	random := rand.New(rand.NewSource(1))
	read := 0
	for range mutations {
		if checkHead(t, mutated(random)) {
			read++
		}
	}
	if read < mutations/4 {
		t.Errorf("only %d of %d were read", read, mutations)
	}
}

// checkHead tells whether the head was read: then Helm must read the same.
func checkHead(t *testing.T, text string) bool {
	t.Helper()
	head, known := ReadHead(text)
	if !known {
		return false
	}
	var expected releaseutil.SimpleHead
	if err := yaml.Unmarshal([]byte(text), &expected); err != nil {
		t.Errorf("Helm refuses %q: %v", text, err)
	}
	var annotations map[string]string
	if expected.Metadata != nil && len(expected.Metadata.Annotations) > 0 {
		annotations = expected.Metadata.Annotations
	}
	if head.Kind != expected.Kind || !reflect.DeepEqual(head.Annotations, annotations) {
		t.Errorf("%+v, Helm reads %+v %v in %q", head, expected, annotations, text)
	}
	return true
}

func TestFilesAreCutAndSortedAsHelmDoes(t *testing.T) {
	random := rand.New(rand.NewSource(2))
	separators := []string{"\n---\n", "---\n", "\n--- # c\n", " \n\n---\n\n---\n", "\n----\n", "\r\n---\r\n"}
	for range mutations / 4 {
		files := map[string]string{}
		for number := range 1 + random.Intn(3) {
			var text strings.Builder
			for range random.Intn(4) {
				text.WriteString(mutated(random) + separators[random.Intn(len(separators))])
			}
			files[fmt.Sprintf("%c.yaml", "_ab"[number])] = text.String()
		}
		checkFiles(t, files)
	}
	// One that pretends to stand for another.
	checkFiles(t, map[string]string{"a.yaml": "kind: A\n---\n# portcullis 0\n{kind: B}\n"})
	checkFiles(t, map[string]string{"a.yaml": "kind: A\n---\n\v\n---\nkind: B"})
}

func checkFiles(t *testing.T, files map[string]string) {
	t.Helper()
	for _, text := range files {
		if cut, expected := Split(text), helmsSplit(text); !reflect.DeepEqual(cut, expected) {
			t.Fatalf("cut into %q, Helm cuts into %q: %q", cut, expected, text)
		}
	}
	hooks, others, err := Sort(files, releaseutil.InstallOrder)
	helmsHooks, helmsOthers, helmsErr := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if fmt.Sprint(err) != fmt.Sprint(helmsErr) {
		t.Fatalf("%v, Helm says %v: %q", err, helmsErr, files)
	}
	if err != nil {
		return
	}
	for at, hook := range helmsHooks {
		if hooks[at].Path != hook.Path || hooks[at].Manifest != hook.Manifest {
			t.Fatalf("hook %d is %+v, Helm gives %+v: %q", at, hooks[at], hook, files)
		}
	}
	for at, other := range helmsOthers {
		if others[at].Name != other.Name || others[at].Content != other.Content {
			t.Fatalf("manifest %d is %+v, Helm gives %+v: %q", at, others[at], other, files)
		}
	}
	if len(hooks) != len(helmsHooks) || len(others) != len(helmsOthers) {
		t.Fatalf("%d hooks and %d others, Helm gives %d and %d", len(hooks), len(others), len(helmsHooks), len(helmsOthers))
	}
}

func helmsSplit(text string) []string {
	entries := releaseutil.SplitManifests(text)
	var documents []string
	for number := range len(entries) {
		documents = append(documents, entries[fmt.Sprintf("manifest-%d", number)])
	}
	return documents
}

func TestStreamsAreCutAtSeparatorLines(t *testing.T) {
	separatorLine := regexp.MustCompile(`(?m)^---(?:[ \t].*)?\r?$\n?`)
	random := rand.New(rand.NewSource(3))
	parts := []string{"a", "\n", "---", " ", "\t", "-", "\r", "\n---\n", "é"}
	for range mutations {
		var text strings.Builder
		for range random.Intn(12) {
			text.WriteString(parts[random.Intn(len(parts))])
		}
		var expected []string
		for _, part := range separatorLine.Split(text.String(), -1) {
			if strings.TrimSpace(part) != "" {
				expected = append(expected, part)
			}
		}
		if cut := SplitStream(text.String()); !reflect.DeepEqual(cut, expected) {
			t.Fatalf("cut into %q, expected %q: %q", cut, expected, text.String())
		}
	}
}
