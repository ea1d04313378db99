package origin

import (
	"regexp"
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

var mark = regexp.MustCompile(opening + `(?:([a-zA-Z])(\d+))?` + closing)

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
	for _, found := range mark.FindAllStringSubmatchIndex(marked, -1) {
		r.text.WriteString(marked[at:found[0]])
		at = found[1]
		if found[2] == -1 {
			continue
		}
		number, _ := strconv.Atoi(marked[found[4]:found[5]])
		if !r.meet(marked[found[2]], number) {
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
