package manifests

import (
	"strings"
	"unicode/utf8"
)

// Head is what Helm acts upon in a document.
type Head struct {
	Kind        string
	Annotations map[string]string
}

// ReadHead reads the head of a document that is written plainly: one of which Helm's parser would certainly read the same,
// and find nothing wrong with. False, where that is not certain.
func ReadHead(text string) (Head, bool) {
	if !hasPlainCharacters(text) {
		return Head{}, false
	}
	r := reader{text: text, levels: make([]level, 0, 32), seen: map[string]bool{}}
	for r.at < len(text) {
		if !r.line() {
			return Head{}, false
		}
	}
	return r.head, true
}

// Neither tabs nor what YAML does not allow, nor what it takes for a line break or the mark of an encoding.
func hasPlainCharacters(text string) bool {
	for at := 0; at < len(text); at++ {
		one := text[at]
		if one >= ' ' && one < 0x7f || one == '\n' {
			continue
		}
		if one < utf8.RuneSelf {
			return false
		}
		character, size := utf8.DecodeRuneInString(text[at:])
		if size == 1 || character < 0xa0 || character == 0x2028 || character == 0x2029 || character == 0xfeff || character == 0xfffe || character == 0xffff {
			return false
		}
		at += size - 1
	}
	return true
}

// entry takes a key of a mapping with what follows its colon.
func (r *reader) entry(key, value string) bool {
	depth := len(r.levels)
	r.path = append(r.path[:min(depth-1, len(r.path))], key)
	switch {
	case depth == 1:
		return r.rootEntry(key, value)
	case depth == 2 && r.path[0] == "metadata":
		return r.metadataEntry(key, value)
	case depth == 3 && r.inAnnotations():
		read, certain := certainText(value)
		if !certain || isOddWord(key) {
			return false
		}
		if r.head.Annotations == nil {
			r.head.Annotations = map[string]string{}
		}
		r.head.Annotations[key] = read
		return true
	}
	return r.value(value)
}

func (r *reader) inAnnotations() bool {
	return len(r.path) > 1 && r.path[0] == "metadata" && r.path[1] == "annotations"
}

func (r *reader) rootEntry(key, value string) bool {
	switch key {
	case "apiVersion", "kind":
		read, certain := certainText(value)
		if key == "kind" {
			r.head.Kind = read
		}
		return certain && r.once(key)
	case "metadata":
		return r.once(key) && r.mappingOrNothing(value)
	}
	return !isLike(key, "apiVersion", "kind", "metadata") && r.value(value)
}

func (r *reader) metadataEntry(key, value string) bool {
	switch key {
	case "name":
		_, certain := certainText(value)
		return certain && r.once("metadata.name")
	case "annotations":
		return r.once("metadata.annotations") && r.mappingOrNothing(value)
	}
	return !isLike(key, "name", "annotations") && r.value(value)
}

// once: of a key that is there twice, the last one counts.
func (r *reader) once(key string) bool {
	known := r.seen[key]
	r.seen[key] = true
	return !known
}

func (r *reader) mappingOrNothing(value string) bool {
	if value == "" {
		r.open = true
	}
	return value == "" || value == "{}"
}

// isLike: the parser takes a key that differs by case for one that it looks for.
func isLike(key string, names ...string) bool {
	for _, name := range names {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// certainText reads a value that can only be a text, and has nothing to decode.
func certainText(value string) (string, bool) {
	if value == "" {
		return "", false
	}
	if isQuote(value[0]) {
		inner, rest, closed := strings.Cut(value[1:], value[:1])
		return inner, closed && isNothing(rest) && strings.IndexByte(inner, '\\') == -1
	}
	// With two dots it is a version, and no number.
	isText := isLetter(value[0]) && !isOddWord(value) || isDigit(value[0]) && strings.Count(value, ".") > 1
	return value, isText && isPlain(value)
}

// isOddWord: what YAML takes for something else than a text.
func isOddWord(word string) bool {
	switch strings.ToLower(word) {
	case "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return true
	}
	return false
}
