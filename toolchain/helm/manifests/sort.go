package manifests

import (
	"encoding/json"
	"strconv"
	"strings"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
)

// Sort gives hooks and manifests as Helm's SortManifests does. It shows Helm short documents in the place of those that it
// can read by itself, and puts these back.
func Sort(files map[string]string, order releaseutil.KindSortOrder) ([]*release.Hook, []releaseutil.Manifest, error) {
	shown := make(map[string]string, len(files))
	replaced := map[string][]string{}
	for name, text := range files {
		shown[name], replaced[name] = shorten(text)
	}
	hooks, manifests, err := releaseutil.SortManifests(shown, nil, order)
	if err != nil {
		return nil, nil, err
	}
	for _, hook := range hooks {
		hook.Manifest = restored(hook.Manifest, replaced[hook.Path])
	}
	for at := range manifests {
		manifests[at].Content = restored(manifests[at].Content, replaced[manifests[at].Name])
	}
	return hooks, manifests, nil
}

const shortened = "# portcullis "

// shorten writes a file with the heads of its documents only, where they are known; and gives the documents that it had.
// Nothing is replaced in a file that has a document like those that replace others, or one that Helm would cut again.
func shorten(text string) (string, []string) {
	documents := Split(text)
	var short strings.Builder
	for number, document := range documents {
		if strings.HasPrefix(document, shortened) || strings.HasPrefix(document, separator) {
			return text, nil
		}
		if number > 0 {
			short.WriteString("\n" + separator + "\n")
		}
		if head, known := ReadHead(document); known {
			short.WriteString(shortened + strconv.Itoa(number) + "\n" + head.text())
		} else {
			short.WriteString(document)
		}
	}
	return short.String(), documents
}

func restored(document string, documents []string) string {
	rest, isShort := strings.CutPrefix(document, shortened)
	if !isShort || documents == nil {
		return document
	}
	digits, _, _ := strings.Cut(rest, "\n")
	number, err := strconv.Atoi(digits)
	if err != nil || number >= len(documents) {
		return document
	}
	return documents[number]
}

// text writes a head as JSON, which is YAML.
func (h Head) text() string {
	text, err := json.Marshal(map[string]any{"kind": h.Kind, "metadata": map[string]any{"annotations": h.Annotations}})
	if err != nil {
		return ""
	}
	return string(text)
}
