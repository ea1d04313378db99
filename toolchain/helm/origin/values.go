package origin

import (
	"sort"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
)

func asMap(value any) (map[string]any, bool) {
	if values, is := value.(chartutil.Values); is {
		return values, true
	}
	mapping, is := value.(map[string]any)
	return mapping, is
}

func valueAt(value any, path []string) any {
	for _, key := range path {
		if mapping, is := asMap(value); is {
			value = mapping[key]
			continue
		}
		list, is := value.([]any)
		index, err := strconv.Atoi(key)
		if !is || err != nil || index < 0 || index >= len(list) {
			return nil
		}
		value = list[index]
	}
	if mapping, is := asMap(value); is {
		return mapping
	}
	return value
}

// copied shares no map and no list with what it is a copy of.
func copied(value any) any {
	if mapping, is := asMap(value); is {
		result := make(map[string]any, len(mapping))
		for key, inner := range mapping {
			result[key] = copied(inner)
		}
		return result
	}
	if list, is := value.([]any); is {
		result := make([]any, len(list))
		for at, inner := range list {
			result[at] = copied(inner)
		}
		return result
	}
	return value
}

func sortedKeys(mapping map[string]any) []string {
	keys := make([]string, 0, len(mapping))
	for key := range mapping {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointers writes paths as JSON Pointers, each once, in their order.
func pointers(paths [][]string) []string {
	var written []string
	seen := map[string]bool{}
	for _, path := range paths {
		if len(path) == 0 {
			continue
		}
		var pointer strings.Builder
		for _, key := range path {
			pointer.WriteString("/" + escapes.Replace(key))
		}
		if !seen[pointer.String()] {
			seen[pointer.String()] = true
			written = append(written, pointer.String())
		}
	}
	return written
}
