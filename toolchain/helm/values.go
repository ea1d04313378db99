package main

import (
	"fmt"

	"helm.sh/helm/v3/pkg/strvals"
)

// setting is one `--set`, `--set-string`, `--set-json` or `--set-file`; the value of the last is the file's text.
type setting struct {
	As    string `json:"as"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// In this order Helm's command line applies them, whatever the order they are given in.
var settingOrder = []string{"json", "value", "string", "file"}

// mergeValues puts layers over each other, later ones win, and settings over all of them.
func mergeValues(layers []map[string]any, settings []setting) (map[string]any, error) {
	merged := map[string]any{}
	for _, layer := range layers {
		merged = mergeMaps(merged, layer)
	}
	for _, as := range settingOrder {
		for _, one := range settings {
			if one.As != as {
				continue
			}
			if err := set(merged, one); err != nil {
				return nil, failure{Message: fmt.Sprintf("the setting %s=%s: %v", one.Name, one.Value, err)}
			}
		}
	}
	return merged, nil
}

func set(into map[string]any, one setting) error {
	text := one.Name + "=" + one.Value
	switch one.As {
	case "json":
		return strvals.ParseJSON(text, into)
	case "string":
		return strvals.ParseIntoString(text, into)
	case "file":
		// The parser would take commas in the text for more settings: it gets a name, and the text when it asks.
		return strvals.ParseIntoFile(one.Name+"=file", into, func([]rune) (any, error) { return one.Value, nil })
	default:
		return strvals.ParseInto(text, into)
	}
}

// mergeMaps is how Helm lays one values file over another: maps together, all else replaced, null kept as null.
func mergeMaps(under, over map[string]any) map[string]any {
	merged := make(map[string]any, len(under)+len(over))
	for key, value := range under {
		merged[key] = value
	}
	for key, value := range over {
		upper, isMap := value.(map[string]any)
		lower, wasMap := merged[key].(map[string]any)
		if isMap && wasMap {
			merged[key] = mergeMaps(lower, upper)
			continue
		}
		merged[key] = value
	}
	return merged
}
