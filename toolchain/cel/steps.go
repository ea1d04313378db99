package main

import (
	"strconv"
	"strings"
)

// stepsOf reads the path of a field error (`spec.items[3].labels[a.b/c]`) as steps into an object. Names may hold dots and
// brackets themselves: of all that a text could mean, the longest name that is there counts.
func stepsOf(path string, object any) []any {
	steps := []any{}
	at := object
	for path != "" && path != "<nil>" {
		name, rest := firstStep(path, at)
		path = rest
		switch value := at.(type) {
		case []any:
			index, err := strconv.Atoi(name)
			if err != nil {
				return steps
			}
			steps = append(steps, int64(index))
			at = nil
			if index >= 0 && index < len(value) {
				at = value[index]
			}
		case map[string]any:
			steps = append(steps, name)
			at = value[name]
		default:
			steps = append(steps, name)
		}
	}
	return steps
}

func firstStep(path string, at any) (name, rest string) {
	bracketed := strings.HasPrefix(path, "[")
	ends := func(text string) []int {
		var found []int
		for index := range text {
			if bracketed && text[index] == ']' {
				found = append(found, index)
			} else if !bracketed && (text[index] == '.' || text[index] == '[') {
				found = append(found, index)
			}
		}
		if !bracketed {
			found = append(found, len(text))
		}
		return found
	}
	text := path
	if bracketed {
		text = path[1:]
	}
	candidates := ends(text)
	if len(candidates) == 0 {
		return text, ""
	}
	end := candidates[0]
	if object, ok := at.(map[string]any); ok {
		for _, candidate := range candidates {
			if _, there := object[text[:candidate]]; there {
				end = candidate
			}
		}
	}
	rest = text[end:]
	if bracketed {
		rest = rest[1:]
	}
	return text[:end], strings.TrimPrefix(rest, ".")
}
