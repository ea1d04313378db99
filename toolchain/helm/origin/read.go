package origin

import (
	"strconv"
	"strings"
)

// piece is a part of a text without marks, and what printed it.
type piece struct {
	start, end int
	file       string
	line       int
	flows      [][]string
	guards     [][]string
}

// mark is one in a text, from start to end; kind 0, where it only separates.
type mark struct {
	start, end int
	kind       byte
	number     int
}

// nextMark finds the next mark from a place on.
func nextMark(text string, from int) (mark, bool) {
	for at := from; ; {
		opens := strings.Index(text[at:], opening)
		if opens == -1 {
			return mark{}, false
		}
		at += opens + len(opening)
		found := mark{start: at - len(opening)}
		rest := at
		if rest < len(text) && isLetter(text[rest]) {
			found.kind = text[rest]
			digits := rest + 1
			for rest = digits; rest < len(text) && text[rest] >= '0' && text[rest] <= '9'; rest++ {
			}
			found.number, _ = strconv.Atoi(text[digits:rest])
			if rest == digits {
				continue
			}
		}
		if strings.HasPrefix(text[rest:], closing) {
			found.end = rest + len(closing)
			return found, true
		}
	}
}

func isLetter(one byte) bool { return one >= 'a' && one <= 'z' || one >= 'A' && one <= 'Z' }

// reader takes the marks out of one rendered file.
type reader struct {
	sites  []site
	values any
	text   strings.Builder
	pieces []piece
	frames []*frame
	// The piece that is being printed; nil between pieces.
	open *piece
}

// read gives the text without marks, and its pieces in order. False, where the marks make no sense.
func read(marked string, sites []site, root thing, values any) (string, []piece, bool) {
	r := &reader{sites: sites, values: values, frames: []*frame{{data: root, rounds: map[int]int{}}}}
	at := 0
	for found, more := nextMark(marked, 0); more; found, more = nextMark(marked, at) {
		r.text.WriteString(marked[at:found.start])
		at = found.end
		if found.kind != 0 && !r.meet(found.kind, found.number) {
			return "", nil, false
		}
	}
	r.text.WriteString(marked[at:])
	r.close()
	return r.text.String(), r.pieces, true
}

func (r *reader) meet(kind byte, number int) bool {
	if number > len(r.sites) {
		return false
	}
	top := r.frames[len(r.frames)-1]
	switch kind {
	case textMark, actionMark:
		r.close()
		r.start(number, top)
	case callMark:
		r.close()
		called := r.sites[number-1]
		r.frames = append(r.frames, &frame{data: top.resolve(called.symbol, r.values), rounds: map[int]int{}})
	case endCallMark:
		r.close()
		if len(r.frames) == 1 {
			return false
		}
		r.frames = r.frames[:len(r.frames)-1]
	case loopMark:
		r.close()
		top.rounds[number] = -1
	case roundMark:
		r.close()
		top.rounds[number]++
	case endActionMark, endLoopMark:
		r.close()
	default:
		return false
	}
	return true
}

func (r *reader) start(number int, top *frame) {
	if number == 0 {
		return
	}
	printed := r.sites[number-1]
	opened := piece{start: r.text.Len(), file: printed.file, line: printed.line}
	opened.flows = top.resolve(printed.symbol, r.values).paths
	for _, guard := range printed.guards {
		opened.guards = append(opened.guards, top.resolve(guard, r.values).paths...)
	}
	r.open = &opened
}

func (r *reader) close() {
	if r.open == nil {
		return
	}
	r.open.end = r.text.Len()
	if r.open.end > r.open.start {
		r.pieces = append(r.pieces, *r.open)
	}
	r.open = nil
}
