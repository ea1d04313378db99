package manifests

import "strings"

// reader follows the lines of a document: mappings and lists in block style, of scalars that end on their line, and block
// scalars. It refuses everything else, valid or not.
type reader struct {
	text string
	at   int
	// The collections that the line is in, outermost first.
	levels []level
	// Whether the last key or dash has no value yet.
	open bool
	// Whether a comment ends the line, and with it a scalar without quotes.
	commented bool
	// The keys that lead to the line, as far as all of them are in mappings.
	path []string
	seen map[string]bool
	head Head
}

type level struct {
	column int
	list   bool
}

// A document that is nested deeper is left to the parser.
const deepest = 100

// The parser looks for the colon of a key within so many characters.
const longestKey = 1000

func (r *reader) nextLine() (column int, content string) {
	start := r.at
	end, next := len(r.text), len(r.text)
	if length := strings.IndexByte(r.text[start:], '\n'); length != -1 {
		end, next = start+length, start+length+1
	}
	r.at = next
	begin := start
	for begin < end && r.text[begin] == ' ' {
		begin++
	}
	for end > begin && r.text[end-1] == ' ' {
		end--
	}
	return begin - start, r.text[begin:end]
}

func (r *reader) line() bool {
	column, content := r.nextLine()
	if content == "" || content[0] == '#' {
		return true
	}
	if r.open && (content == "{}" || content == "[]") && column > r.levels[len(r.levels)-1].column {
		r.open = false
		return content == "{}" || !r.awaitsMapping()
	}
	dash := content[0] == '-' && (len(content) == 1 || content[1] == ' ')
	if !r.enter(column, dash) {
		return false
	}
	r.open = false
	if dash {
		return r.item(column, content[1:])
	}
	return r.mappingLine(content)
}

// enter finds the collection that a line at this column belongs to, or begins one where a value is awaited.
func (r *reader) enter(column int, list bool) bool {
	if len(r.levels) == 0 {
		return column == 0 && !list && r.push(level{})
	}
	top := r.levels[len(r.levels)-1]
	if r.open && (column > top.column || column == top.column && list && !top.list) {
		return !(list && r.awaitsMapping()) && r.push(level{column, list})
	}
	for top.column > column || top.column == column && top.list && !list {
		r.levels = r.levels[:len(r.levels)-1]
		if len(r.levels) == 0 {
			return false
		}
		top = r.levels[len(r.levels)-1]
	}
	return top == level{column, list}
}

// awaitsMapping: what Helm looks for are mappings.
func (r *reader) awaitsMapping() bool {
	return len(r.levels) == 1 && r.path[0] == "metadata" || len(r.levels) == 2 && r.inAnnotations()
}

func (r *reader) push(next level) bool {
	r.levels = append(r.levels, next)
	return len(r.levels) <= deepest
}

func (r *reader) item(column int, rest string) bool {
	content := strings.TrimLeft(rest, " ")
	if content == "-" || strings.HasPrefix(content, "- ") {
		return false
	}
	// A dash closes what the keys before it lead to.
	r.path = append(r.path[:min(len(r.levels)-1, len(r.path))], "-")
	if _, _, isEntry := cutKey(content); isEntry {
		return r.push(level{column: column + 1 + len(rest) - len(content)}) && r.mappingLine(content)
	}
	return r.value(r.withoutComment(content))
}

func (r *reader) mappingLine(content string) bool {
	key, rest, isEntry := cutKey(content)
	return isEntry && r.entry(key, r.withoutComment(strings.TrimLeft(rest, " ")))
}

// cutKey gives a key and what follows its colon: one of letters, digits and a few signs, or a quoted one without escapes.
func cutKey(content string) (key, rest string, isKey bool) {
	if content == "" {
		return "", "", false
	}
	end, after := wordEnd(content), 0
	if quote := content[0]; isQuote(quote) {
		end = 1 + strings.IndexByte(content[1:], quote)
		key, after = content[1:max(end, 1)], 1
		if end == 0 || strings.IndexByte(key, '\\') != -1 {
			return "", "", false
		}
	} else if key = content[:end]; end == 0 || strings.EqualFold(key, "null") {
		return "", "", false
	}
	rest, isKey = strings.CutPrefix(content[end+after:], ":")
	return key, rest, isKey && key != "<<" && end < longestKey && (rest == "" || rest[0] == ' ')
}

// wordEnd finds the end of a word that starts with a letter.
func wordEnd(content string) int {
	if !isLetter(content[0]) {
		return 0
	}
	at := 1
	for at < len(content) && (isLetter(content[at]) || isDigit(content[at]) || strings.IndexByte("-./", content[at]) != -1) {
		at++
	}
	return at
}
