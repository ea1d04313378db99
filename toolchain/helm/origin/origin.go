package origin

import (
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// Line says where one rendered line came from.
type Line struct {
	// Helm's name of the template, and the line in it.
	Template string
	Line     int
	// JSON Pointers into the values of the top chart: what was printed in this line, and the conditions around it.
	Values []string
	Guards []string
}

// File is a rendered file with the origin of each of its lines; nil for a line of which nothing is known.
type File struct {
	Text  string
	Lines []*Line
}

// Render renders a chart, whose templates it changes, and says where every line came from. What it gives must be compared
// with what the chart as it was renders to: only where they are the same do the origins hold.
func Render(root *chart.Chart, values chartutil.Values) (map[string]File, error) {
	files := map[*chart.File]parsed{}
	marks := &shared{defined: map[string]bool{}}
	things := map[string]thing{}
	if err := parseChart(root, nil, files, marks.defined, things); err != nil {
		return nil, err
	}
	rewriteChart(root, files, marks)
	// Templates may change their values.
	merged := copied(values["Values"])
	rendered, err := engine.Engine{}.Render(root, values)
	if err != nil {
		return nil, err
	}
	result := map[string]File{}
	for name, marked := range rendered {
		text, pieces, sound := read(marked, marks.sites, things[name], merged)
		if sound {
			result[name] = File{Text: text, Lines: linesOf(text, pieces)}
		}
	}
	return result, nil
}

// parseChart also tells what the templates of each chart are given: its part of the values as `.Values`.
func parseChart(one *chart.Chart, scope []string, files map[*chart.File]parsed, defined map[string]bool, things map[string]thing) error {
	given := thing{dict: map[string]thing{"Values": {paths: [][]string{scope}}}}
	for _, template := range one.Templates {
		if template == nil || strings.Contains(string(template.Data), opening) || !isParsed(one, template.Name) {
			continue
		}
		name := one.ChartFullPath() + "/" + template.Name
		file, err := parseFile(name, string(template.Data))
		if err != nil {
			return err
		}
		files[template] = file
		things[name] = given
		for _, define := range file.defines() {
			defined[define] = true
		}
	}
	for _, child := range one.Dependencies() {
		if err := parseChart(child, append(append([]string{}, scope...), child.Name()), files, defined, things); err != nil {
			return err
		}
	}
	return nil
}

// isParsed: of a library chart Helm parses nothing but the partials.
func isParsed(one *chart.Chart, name string) bool {
	return !strings.EqualFold(one.Metadata.Type, "library") || strings.HasPrefix(path.Base(name), "_")
}

func rewriteChart(one *chart.Chart, files map[*chart.File]parsed, marks *shared) {
	for number, template := range one.Templates {
		if file, known := files[template]; known {
			one.Templates[number] = &chart.File{Name: template.Name, Data: []byte(marks.rewrite(file))}
		}
	}
	for _, child := range one.Dependencies() {
		rewriteChart(child, files, marks)
	}
}

func linesOf(text string, pieces []piece) []*Line {
	var lines []*Line
	start, next := 0, 0
	for _, content := range strings.SplitAfter(text, "\n") {
		end := start + len(content)
		for next < len(pieces) && pieces[next].end <= start {
			next++
		}
		lines = append(lines, lineOf(text, start, end, pieces[next:]))
		start = end
	}
	return lines
}

// The first visible piece names the place; everything printed in the line may have brought a value.
func lineOf(text string, start, end int, pieces []piece) *Line {
	var line *Line
	var flows, guards [][]string
	for _, one := range pieces {
		if one.start >= end {
			break
		}
		visible := strings.TrimSpace(text[max(one.start, start):min(one.end, end)])
		if visible == "" {
			continue
		}
		if line == nil {
			line = &Line{Template: one.file, Line: one.line}
			guards = one.guards
		}
		flows = append(flows, one.flows...)
	}
	if line != nil {
		line.Values = pointers(flows)
		line.Guards = pointers(guards)
	}
	return line
}
