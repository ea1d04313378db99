package origin

import (
	"reflect"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

func rendered(t *testing.T, template string, values map[string]any) File {
	t.Helper()
	root := &chart.Chart{
		Metadata:  &chart.Metadata{Name: "web", Version: "1.0.0", APIVersion: "v2"},
		Templates: []*chart.File{{Name: "templates/a.yaml", Data: []byte(template)}},
	}
	files, err := Render(root, chartutil.Values{"Values": values, "Chart": root.Metadata, "Release": map[string]any{"Name": "r"}})
	if err != nil {
		t.Fatal(err)
	}
	file, found := files["web/templates/a.yaml"]
	if !found {
		t.Fatalf("nothing is known of the file: %v", files)
	}
	return file
}

func TestRender(t *testing.T) {
	values := map[string]any{"on": true, "image": map[string]any{"tag": "v1"}, "ports": []any{80, 81}, "a/b": "c"}
	for _, one := range []struct {
		name, template, text string
		// By line of the text: line of the template, values, guards.
		lines []Line
	}{
		{"text has a line and no values", "a: 1\nb: 2\n", "a: 1\nb: 2\n", []Line{{Line: 1}, {Line: 2}}},
		{"a printed value", "tag: {{ .Values.image.tag }}\n", "tag: v1\n", []Line{{Line: 1, Values: []string{"/image/tag"}}}},
		{"a variable", "{{- $i := .Values.image }}\ntag: {{ $i.tag }}", "\ntag: v1", []Line{{}, {Line: 2, Values: []string{"/image/tag"}}}},
		{"a condition", "{{- if .Values.on }}\na: 1\n{{- end }}", "\na: 1", []Line{{}, {Line: 2, Guards: []string{"/on"}}}},
		{"a round of a loop", "{{- range .Values.ports }}\n- {{ . }}\n{{- end }}", "\n- 80\n- 81", []Line{
			{}, {Line: 2, Values: []string{"/ports/0"}}, {Line: 2, Values: []string{"/ports/1"}},
		}},
		{"a key with a slash", "a: {{ index .Values \"a/b\" }}", "a: c", []Line{{Line: 1, Values: []string{"/a~1b"}}}},
		{"a called template", "{{- define \"x\" }}t: {{ .tag }}{{ end -}}\n{{ include \"x\" .Values.image }}", "t: v1", []Line{{Line: 1, Values: []string{"/image/tag"}}}},
	} {
		t.Run(one.name, func(t *testing.T) {
			file := rendered(t, one.template, values)
			if file.Text != one.text {
				t.Fatalf("text %q, expected %q", file.Text, one.text)
			}
			for at, expected := range one.lines {
				found := Line{}
				if file.Lines[at] != nil {
					found = *file.Lines[at]
					found.Template = ""
				}
				if !reflect.DeepEqual(found, expected) {
					t.Errorf("line %d: %+v, expected %+v", at+1, found, expected)
				}
			}
		})
	}
}

func TestMarksOfATemplateItself(t *testing.T) {
	root := &chart.Chart{
		Metadata:  &chart.Metadata{Name: "web", Version: "1.0.0", APIVersion: "v2"},
		Templates: []*chart.File{{Name: "templates/a.yaml", Data: []byte("a: " + opening + "t1" + closing)}},
	}
	files, err := Render(root, chartutil.Values{"Values": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range files {
		if strings.Contains(file.Text, opening) || len(file.Lines) > 0 && file.Lines[0] != nil {
			t.Errorf("%s claims origins by marks that we did not write: %+v", name, file)
		}
	}
}
