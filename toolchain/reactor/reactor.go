// Package reactor makes a program a WebAssembly reactor: bytes in, bytes out.
//
// A frame is four bytes (little endian) with the length of a JSON header, the header, and an optional binary part. The
// header of a request names an operation.
package reactor

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unsafe"
)

// Operation answers one request; what it returns first becomes the header, the second the binary part.
type Operation func(request json.RawMessage, blob []byte) (any, []byte, error)

// Operations by name: to be filled by the program's init, as main is never run.
var Operations = map[string]Operation{}

// Buffers handed to the host are kept here so that the garbage collector leaves them alone until they are freed.
var held = map[uintptr][]byte{}

func hold(size uint32) (uintptr, []byte) {
	buffer := make([]byte, max(size, 1))
	address := uintptr(unsafe.Pointer(&buffer[0]))
	held[address] = buffer
	return address, buffer[:size]
}

//go:wasmexport portcullis_alloc
func alloc(size uint32) uint32 {
	address, _ := hold(size)
	return uint32(address)
}

//go:wasmexport portcullis_free
func free(address uint32) {
	delete(held, uintptr(address))
}

// call takes a frame at an address from alloc and answers with address and length of the answer's frame, packed.
//
//go:wasmexport portcullis_call
func call(address, length uint32) uint64 {
	header, blob := answer(held[uintptr(address)][:length])
	text, err := json.Marshal(header)
	if err != nil {
		text, blob = []byte(`{"error":"the answer is not JSON"}`), nil
	}
	out, buffer := hold(uint32(4 + len(text) + len(blob)))
	binary.LittleEndian.PutUint32(buffer, uint32(len(text)))
	copy(buffer[4:], text)
	copy(buffer[4+len(text):], blob)
	return uint64(out)<<32 | uint64(len(buffer))
}

type reply struct {
	Answer any    `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

func answer(frame []byte) (header reply, blob []byte) {
	defer func() {
		if trouble := recover(); trouble != nil {
			header, blob = reply{Error: fmt.Sprintf("panic: %v", trouble)}, nil
		}
	}()
	if len(frame) < 4 || int(binary.LittleEndian.Uint32(frame)) > len(frame)-4 {
		return reply{Error: "truncated frame"}, nil
	}
	length := binary.LittleEndian.Uint32(frame)
	var request struct {
		Operation string          `json:"operation"`
		Request   json.RawMessage `json:"request"`
	}
	if err := json.Unmarshal(frame[4:4+length], &request); err != nil {
		return reply{Error: err.Error()}, nil
	}
	run, known := Operations[request.Operation]
	if !known {
		return reply{Error: "unknown operation " + request.Operation}, nil
	}
	result, out, err := run(request.Request, frame[4+length:])
	if err != nil {
		return reply{Error: err.Error()}, nil
	}
	return reply{Answer: result}, out
}
