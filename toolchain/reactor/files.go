package reactor

import "fmt"

// File is one of several files that travel end to end in the binary part.
type File struct {
	Path string `json:"path"`
	Size int    `json:"size"`
}

// Files cuts the binary part into files, by path.
func Files(list []File, blob []byte) (map[string][]byte, error) {
	files := make(map[string][]byte, len(list))
	for _, file := range list {
		if file.Size < 0 || file.Size > len(blob) {
			return nil, fmt.Errorf("truncated file %s", file.Path)
		}
		files[file.Path], blob = blob[:file.Size:file.Size], blob[file.Size:]
	}
	return files, nil
}
