package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/ignore"
)

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// loadChart reads a chart as Helm reads a directory, or, where there is nothing but one archive, as it reads that.
func loadChart(files map[string][]byte) (*chart.Chart, error) {
	var all []*loader.BufferedFile
	for name, data := range files {
		if name != path.Clean(name) || path.IsAbs(name) || strings.HasPrefix(name, "../") {
			return nil, failure{Message: fmt.Sprintf("the chart illegally holds the path %q", name)}
		}
		all = append(all, &loader.BufferedFile{Name: name, Data: data})
	}
	if len(all) == 1 && isArchive(all[0].Name) {
		return loadArchive(all[0])
	}
	kept, err := withoutIgnored(all)
	if err != nil {
		return nil, err
	}
	for _, file := range kept {
		if int64(len(file.Data)) > loader.MaxDecompressedFileSize {
			return nil, failure{Message: fmt.Sprintf("chart file %q is larger than the maximum file size %d", path.Base(file.Name), loader.MaxDecompressedFileSize), Path: file.Name}
		}
		if strings.HasPrefix(file.Name, "charts/") && isArchive(file.Name) {
			if err := checkArchive(file); err != nil {
				return nil, err
			}
		}
		file.Data = bytes.TrimPrefix(file.Data, byteOrderMark)
	}
	loaded, err := loader.LoadFiles(kept)
	if err != nil {
		return nil, loadFailure(err)
	}
	return loaded, nil
}

func isArchive(name string) bool {
	return strings.HasSuffix(name, ".tgz") || strings.HasSuffix(name, ".tar.gz")
}

// withoutIgnored leaves out what .helmignore names and sorts as a walk through directories would: Helm keeps that order.
func withoutIgnored(files []*loader.BufferedFile) ([]*loader.BufferedFile, error) {
	sort.Slice(files, func(i, j int) bool { return walkedBefore(files[i].Name, files[j].Name) })
	rules := ignore.Empty()
	for _, file := range files {
		if file.Name != ignore.HelmIgnore {
			continue
		}
		parsed, err := ignore.Parse(bytes.NewReader(file.Data))
		if err != nil {
			return nil, failure{Message: err.Error(), Path: file.Name}
		}
		rules = parsed
	}
	rules.AddDefaults()
	var kept []*loader.BufferedFile
	for _, file := range files {
		if !ignored(rules, file.Name) {
			kept = append(kept, file)
		}
	}
	return kept, nil
}

func walkedBefore(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	for i := 0; i < len(left) && i < len(right); i++ {
		if left[i] != right[i] {
			return left[i] < right[i]
		}
	}
	return len(left) < len(right)
}

func ignored(rules *ignore.Rules, name string) bool {
	for at := strings.IndexByte(name, '/'); at != -1; {
		if rules.Ignore(name[:at], entry{name: path.Base(name[:at]), directory: true}) {
			return true
		}
		next := strings.IndexByte(name[at+1:], '/')
		if next == -1 {
			break
		}
		at += 1 + next
	}
	return rules.Ignore(name, entry{name: path.Base(name)})
}

// entry is what a file system would say of a path.
type entry struct {
	name      string
	directory bool
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.directory }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.directory {
		return fs.ModeDir
	}
	return 0
}

func loadArchive(archive *loader.BufferedFile) (*chart.Chart, error) {
	if err := checkArchive(archive); err != nil {
		return nil, err
	}
	loaded, err := loader.LoadArchive(bytes.NewReader(archive.Data))
	if err != nil {
		return nil, failure{Message: err.Error(), Path: archive.Name}
	}
	return loaded, nil
}

// checkArchive refuses links, which Helm would read as empty files, in an archive and in those that it holds. Paths that
// leave the archive and sizes are Helm's to refuse.
func checkArchive(archive *loader.BufferedFile) error {
	unpacked, err := gzip.NewReader(bytes.NewReader(archive.Data))
	if err != nil {
		return failure{Message: fmt.Sprintf("%s is no gzipped archive: %v", path.Base(archive.Name), err), Path: archive.Name}
	}
	reader := tar.NewReader(io.LimitReader(unpacked, loader.MaxDecompressedChartSize+1))
	for {
		header, err := reader.Next()
		if err != nil {
			return nil
		}
		if header.Typeflag == tar.TypeSymlink || header.Typeflag == tar.TypeLink {
			return failure{Message: fmt.Sprintf("the archive holds the link %q", header.Name), Path: archive.Name}
		}
		if !isArchive(header.Name) || header.Size > loader.MaxDecompressedFileSize {
			continue
		}
		inner, err := io.ReadAll(reader)
		if err != nil {
			return nil
		}
		if err := checkArchive(&loader.BufferedFile{Name: archive.Name, Data: inner}); err != nil {
			return err
		}
	}
}
