// Prints what Go's text/template makes of each template:
//
//	go run vectors.go < templates.json > vectors.json
package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"regexp"
	"strings"
	"text/template"
)

type sample struct {
	Labels map[string]string
	Value  float64
}

func main() {
	var in []string
	json.NewDecoder(os.Stdin).Decode(&in)
	type res struct {
		Template string  `json:"template"`
		Output   *string `json:"output,omitempty"`
		Error    *string `json:"error,omitempty"`
	}
	var out []res
	data := struct {
		Labels  map[string]string
		Value   float64
		List    []int
		Names   []string
		Any     map[string]any
		Text    string
		Yes     bool
		Samples []*sample
		Nested  map[string]map[string]string
	}{map[string]string{"a": "1", "b": "two", "e": ""}, 15.5, []int{1, 2, 3}, []string{"x", "y"}, map[string]any{"k": 1, "f": 1.5, "s": "t"}, "héllo <b>", true, []*sample{{map[string]string{"i": "1"}, 2}}, map[string]map[string]string{"o": {"i": "v"}}}
	funcs := template.FuncMap{"toUpper": strings.ToUpper, "match": regexp.MatchString, "reReplaceAll": func(p, r, t string) string { return regexp.MustCompile(p).ReplaceAllString(t, r) }, "urlQueryEscape": url.QueryEscape, "args": func(a ...any) map[string]any {
		m := map[string]any{}
		for i, v := range a {
			m["arg"+string(rune('0'+i))] = v
		}
		return m
	}, "half": func(f float64) float64 { return f / 2 }, "plus": func(i int) int { return i + 1 }}
	for _, t := range in {
		r := res{Template: t}
		tm, err := template.New("t").Funcs(funcs).Option("missingkey=zero").Parse(t)
		if err == nil {
			var b bytes.Buffer
			err = tm.Execute(&b, data)
			if err == nil {
				s := b.String()
				r.Output = &s
			}
		}
		if err != nil {
			s := err.Error()
			r.Error = &s
		}
		out = append(out, r)
	}
	e := json.NewEncoder(os.Stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	e.Encode(out)
}
