// Command version-oracle tells which version Helm, Flux and Argo CD take for a range. It is used by tests only.
//
// Standard input is a JSON array of lists of versions, as a repository's index or a registry has them, each with ranges.
// Standard output is, for each list and range, what every rule takes: the position in the list, or -1.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/fluxcd/pkg/version"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/registry"
	"helm.sh/helm/v3/pkg/repo"
	"sigs.k8s.io/yaml"
)

type entry struct {
	Version string    `json:"version"`
	Created time.Time `json:"created"`
}

type list struct {
	Entries []entry  `json:"entries"`
	Ranges  []string `json:"ranges"`
	// Filter is a semverFilter.
	Filter string `json:"filter"`
}

// rules have every position but -1 for what is not in the list: -2 is a tag that is asked for without looking.
var rules = map[string]func(l list, wanted string) int{
	"helm-index":    helmIndex,
	"flux-index":    fluxIndex,
	"argocd-index":  argoIndex,
	"helm-tags":     helmTags,
	"flux-tags":     fluxTags,
	"argocd-tags":   argoTags,
	"flux-artifact": func(l list, wanted string) int { return fluxArtifact(l, wanted, false) },
	"flux-chart":    func(l list, wanted string) int { return fluxArtifact(l, wanted, true) },
	"flux-git":      fluxGit,
	"argocd-git":    argoGit,
}

func main() {
	var lists []list
	if err := json.NewDecoder(os.Stdin).Decode(&lists); err != nil {
		log.Fatal(err)
	}
	log.SetOutput(io.Discard)
	answers := make([][]map[string]int, 0, len(lists))
	for _, l := range lists {
		ofList := make([]map[string]int, 0, len(l.Ranges))
		for _, wanted := range l.Ranges {
			of := map[string]int{}
			for name, rule := range rules {
				of[name] = rule(l, wanted)
			}
			ofList = append(ofList, of)
		}
		answers = append(answers, ofList)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}

// index loads the list as Helm loads an index. The URL of an entry is its position.
func index(l list) *repo.IndexFile {
	file := repo.IndexFile{APIVersion: "v1", Entries: map[string]repo.ChartVersions{"web": {}}}
	for at, one := range l.Entries {
		file.Entries["web"] = append(file.Entries["web"], &repo.ChartVersion{
			Metadata: &chart.Metadata{APIVersion: "v2", Name: "web", Version: one.Version},
			URLs:     []string{strconv.Itoa(at)},
			Created:  one.Created,
		})
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		log.Fatal(err)
	}
	written, err := os.CreateTemp("", "index-*.yaml")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(written.Name())
	if err := os.WriteFile(written.Name(), text, 0o600); err != nil {
		log.Fatal(err)
	}
	loaded, err := repo.LoadIndexFile(written.Name())
	if err != nil {
		log.Fatal(err)
	}
	return loaded
}

func position(found *repo.ChartVersion, err error) int {
	if err != nil {
		return -1
	}
	at, _ := strconv.Atoi(found.URLs[0])
	return at
}

func helmIndex(l list, wanted string) int {
	return position(index(l).Get("web", wanted))
}

// fluxIndex follows getChartVersion of source-controller's internal/helm/repository.
func fluxIndex(l list, wanted string) int {
	entries := index(l).Entries["web"]
	if wanted != "" {
		for _, one := range entries {
			if one.Version == wanted {
				return position(one, nil)
			}
		}
	}
	constraint, err := semver.NewConstraint(orAny(wanted))
	if err != nil {
		return -1
	}
	var matching semver.Collection
	of := map[*semver.Version]*repo.ChartVersion{}
	for _, one := range entries {
		if parsed, err := version.ParseVersion(one.Version); err == nil && constraint.Check(parsed) {
			matching = append(matching, parsed)
			of[parsed] = one
		}
	}
	if len(matching) == 0 {
		return -1
	}
	sort.SliceStable(matching, func(i, j int) bool {
		left, right := matching[i], matching[j]
		if !left.Equal(right) {
			return !left.LessThan(right)
		}
		return !of[left].Created.Before(of[right].Created)
	})
	return position(of[matching[0]], nil)
}

func orAny(wanted string) string {
	if wanted == "" {
		return "*"
	}
	return wanted
}

// argoIndex follows Argo CD's repo-server, which has Helm pull the version that it finds.
func argoIndex(l list, wanted string) int {
	if _, err := semver.NewVersion(wanted); err == nil {
		return helmIndex(l, wanted)
	}
	names := make([]string, 0, len(l.Entries))
	for _, one := range l.Entries {
		names = append(names, one.Version)
	}
	found, ok := argoMax(wanted, names)
	if !ok {
		return -1
	}
	return helmIndex(l, found)
}

// argoMax follows MaxVersion of Argo CD's util/versions.
func argoMax(wanted string, names []string) (string, bool) {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return wanted, slices.Contains(names, wanted)
	}
	var most *semver.Version
	for _, name := range names {
		parsed, err := semver.NewVersion(name)
		if err == nil && constraint.Check(parsed) && (most == nil || parsed.GreaterThan(most)) {
			most = parsed
		}
	}
	if most == nil {
		return "", false
	}
	return most.Original(), true
}

// tag is the position of the tag of a version.
func tag(l list, of string) int {
	return slices.IndexFunc(l.Entries, func(one entry) bool { return one.Version == strings.ReplaceAll(of, "+", "_") })
}

// listed are the tags as Helm's client for registries lists them.
func listed(l list) []string {
	var versions []*semver.Version
	for _, one := range l.Entries {
		if parsed, err := semver.StrictNewVersion(strings.ReplaceAll(one.Version, "_", "+")); err == nil {
			versions = append(versions, parsed)
		}
	}
	sort.Sort(sort.Reverse(semver.Collection(versions)))
	names := make([]string, 0, len(versions))
	for _, one := range versions {
		names = append(names, one.String())
	}
	return names
}

func helmTags(l list, wanted string) int {
	if _, err := semver.NewVersion(wanted); err == nil {
		return tag(l, wanted)
	}
	tags := listed(l)
	if len(tags) == 0 {
		return -1
	}
	found, err := registry.GetTagMatchingVersionOrConstraint(tags, wanted)
	if err != nil {
		return -1
	}
	return tag(l, found)
}

// fluxTags follows getChartVersion of source-controller's OCIChartRepository.
func fluxTags(l list, wanted string) int {
	if _, err := version.ParseVersion(wanted); err == nil {
		return tag(l, wanted)
	}
	tags := listed(l)
	if slices.Contains(tags, wanted) {
		return tag(l, wanted)
	}
	constraint, err := semver.NewConstraint(orAny(wanted))
	if err != nil {
		return -1
	}
	sorted := version.Sort(constraint, tags)
	if len(sorted) == 0 {
		return -1
	}
	return tag(l, sorted[0])
}

func argoTags(l list, wanted string) int {
	if _, err := semver.NewVersion(wanted); err == nil {
		return helmTags(l, wanted)
	}
	names := make([]string, 0, len(l.Entries))
	for _, one := range l.Entries {
		names = append(names, strings.ReplaceAll(one.Version, "_", "+"))
	}
	found, ok := argoMax(wanted, names)
	if !ok {
		return -1
	}
	return helmTags(l, found)
}

// fluxArtifact follows getTagBySemver of source-controller; isChart: of an artifact whose layer is a chart's.
func fluxArtifact(l list, wanted string, isChart bool) int {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return -1
	}
	filter, err := regexp.Compile(l.Filter)
	if err != nil {
		return -1
	}
	var names []string
	for _, one := range l.Entries {
		switch {
		case !filter.MatchString(one.Version):
		case isChart:
			names = append(names, strings.ReplaceAll(one.Version, "_", "+"))
		default:
			names = append(names, one.Version)
		}
	}
	sorted := version.Sort(constraint, names)
	if len(sorted) == 0 {
		return -1
	}
	if isChart {
		return tag(l, sorted[0])
	}
	return slices.IndexFunc(l.Entries, func(one entry) bool { return one.Version == sorted[0] })
}

// fluxGit follows cloneSemVer of Flux's git/gogit: a tag's time is that of its commit.
func fluxGit(l list, wanted string) int {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return -1
	}
	most := -1
	var best *semver.Version
	for at, one := range l.Entries {
		parsed, err := version.ParseVersion(one.Version)
		if err != nil || !constraint.Check(parsed) {
			continue
		}
		if most == -1 || parsed.GreaterThan(best) ||
			(parsed.Equal(best) && one.Created.After(l.Entries[most].Created)) {
			most, best = at, parsed
		}
	}
	return most
}

// argoGit is the tag that Argo CD takes for a range; -2: the revision is no range, so that Git looks for it.
func argoGit(l list, wanted string) int {
	if _, err := semver.NewVersion(wanted); err == nil {
		return -2
	}
	names := make([]string, 0, len(l.Entries))
	for _, one := range l.Entries {
		names = append(names, one.Version)
	}
	// Servers list them by name.
	slices.Sort(names)
	found, ok := argoMax(wanted, names)
	if !ok {
		return -2
	}
	return slices.IndexFunc(l.Entries, func(one entry) bool { return one.Version == found })
}
