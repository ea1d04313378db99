package manifests

import "strings"

// value takes what follows a dash or the colon of a key.
func (r *reader) value(value string) bool {
	if value == "" {
		r.open = true
		return true
	}
	switch value[0] {
	case '"', '\'':
		return r.quoted(value[0], value[1:])
	case '{':
		return value == "{}"
	case '[':
		return value == "[]"
	case '|', '>':
		return (len(value) == 1 || len(value) == 2 && (value[1] == '-' || value[1] == '+')) && r.blockScalar()
	}
	return isPlain(value) && r.moreOfPlain()
}

// moreOfPlain passes the lines that a scalar without quotes goes on for: those that are indented more than what it is in.
func (r *reader) moreOfPlain() bool {
	if r.commented {
		return true
	}
	parent := r.levels[len(r.levels)-1].column
	for r.at < len(r.text) {
		start := r.at
		column, content := r.nextLine()
		if content == "" {
			continue
		}
		if column <= parent || content[0] == '#' {
			r.at = start
			return true
		}
		if hasIndicator(content) {
			return false
		}
	}
	return true
}

// isPlain: a scalar without quotes, a number or a text. One that starts with any other sign may be something else.
func isPlain(value string) bool {
	first, second := value[0], byte(0)
	if len(value) > 1 {
		second = value[1]
	}
	switch {
	case isLetter(first), isDigit(first), strings.IndexByte("/($\\^=", first) != -1, first >= 0x80:
	case first == '-' && (isLetter(second) || isDigit(second) || second == '-'):
	case first == '.' && isLetter(second) && !strings.EqualFold(value, ".inf") && !strings.EqualFold(value, ".nan"):
	default:
		return false
	}
	return !hasIndicator(value)
}

// hasIndicator: what ends a scalar without quotes.
func hasIndicator(value string) bool {
	for at := range len(value) {
		switch value[at] {
		case ':':
			if at+1 == len(value) || value[at+1] == ' ' {
				return true
			}
		case '#':
			if at > 0 && value[at-1] == ' ' {
				return true
			}
		}
	}
	return false
}

// quoted passes a scalar in quotes with the lines that it goes on for, which must be indented more than what it is in.
func (r *reader) quoted(quote byte, content string) bool {
	parent := r.levels[len(r.levels)-1].column
	for {
		rest, closed, valid := afterQuote(quote, content)
		if closed || !valid {
			return valid && isNothing(rest)
		}
		column := 0
		for column, content = r.nextLine(); content == "" && r.at < len(r.text); {
			column, content = r.nextLine()
		}
		if content == "" || column <= parent {
			return false
		}
	}
}

// afterQuote gives what follows the quote that closes a scalar, if it is closed in this line.
func afterQuote(quote byte, content string) (rest string, closed, valid bool) {
	for at := 0; at < len(content); at++ {
		switch {
		case quote == '"' && content[at] == '\\':
			at++
			if at < len(content) && strings.IndexByte(`"\/ntrb`, content[at]) == -1 {
				return "", false, false
			}
		case content[at] != quote:
		case quote == '\'' && at+1 < len(content) && content[at+1] == quote:
			at++
		default:
			return content[at+1:], true, true
		}
	}
	return "", false, true
}

// isNothing: nothing, or a comment.
func isNothing(rest string) bool {
	after := strings.TrimLeft(rest, " ")
	return rest == "" || after != rest && after[0] == '#'
}

// blockScalar passes the lines of a block scalar: those that are indented as the first one is, or more.
func (r *reader) blockScalar() bool {
	parent := r.levels[len(r.levels)-1].column
	indent := 0
	for r.at < len(r.text) {
		start := r.at
		column, content := r.nextLine()
		switch {
		case content == "":
			// More blanks than the first line has would be part of the text, or an error.
			if indent == 0 && column > 0 {
				return false
			}
		case indent == 0 && column > parent:
			indent = column
		case indent == 0 || column < indent:
			r.at = start
			return true
		}
	}
	return true
}

// withoutComment cuts a comment off a value, unless it is quoted.
func (r *reader) withoutComment(value string) string {
	r.commented = value != "" && value[0] == '#'
	if r.commented {
		return ""
	}
	if value == "" || isQuote(value[0]) {
		return value
	}
	before, _, commented := strings.Cut(value, " #")
	r.commented = commented
	return strings.TrimRight(before, " ")
}

func isQuote(one byte) bool { return one == '"' || one == '\'' }

func isLetter(one byte) bool {
	return one >= 'a' && one <= 'z' || one >= 'A' && one <= 'Z' || one == '_'
}

func isDigit(one byte) bool { return one >= '0' && one <= '9' }
