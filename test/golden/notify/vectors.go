// Prints what Alertmanager 0.33.1 makes of each template. Run inside its source tree:
//
//	go run ./cmd/vectors < templates.json > vectors.json
package main

import (
	"encoding/json"
	"net/url"
	"os"
	"time"

	"github.com/prometheus/common/model"

	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/types"
)

func alert(labels, annotations model.LabelSet, ends time.Time) *types.Alert {
	return &types.Alert{Alert: model.Alert{
		Labels: labels, Annotations: annotations, GeneratorURL: "http://gen/graph?a=1&b=2",
		StartsAt: time.Date(2026, 1, 2, 3, 4, 5, 678000000, time.UTC), EndsAt: ends,
	}}
}

func main() {
	var in []struct{ Mode, Template string }
	json.NewDecoder(os.Stdin).Decode(&in)
	type res struct {
		Mode     string  `json:"mode"`
		Template string  `json:"template"`
		Output   *string `json:"output,omitempty"`
		Error    *string `json:"error,omitempty"`
	}
	tmpl, err := template.FromGlobs(nil)
	if err != nil {
		panic(err)
	}
	tmpl.ExternalURL, _ = url.Parse("http://am.example:9093/base")
	data := tmpl.Data("team (a+b)", model.LabelSet{"alertname": "ModelDrift", "model": "m1"}, "first_notification",
		alert(model.LabelSet{"alertname": "ModelDrift", "model": "m1", "severity": "warning", "zone": "<z&'\">"},
			model.LabelSet{"summary": "PSI 0.31", "html": "<b>bold</b> & 'x' + \"y\""}, time.Time{}),
		alert(model.LabelSet{"alertname": "ModelDrift", "model": "m1", "feature": "é", "severity": "critical", "zone": "<z&'\">"},
			model.LabelSet{"summary": "PSI 0.5", "link": "javascript:alert(1)", "ok": "https://x/?a=b c&d"},
			time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)))
	var out []res
	for _, t := range in {
		r := res{Mode: t.Mode, Template: t.Template}
		run := tmpl.ExecuteTextString
		if t.Mode == "html" {
			run = tmpl.ExecuteHTMLString
		}
		s, err := run(t.Template, data)
		if err != nil {
			e := err.Error()
			r.Error = &e
		} else {
			r.Output = &s
		}
		out = append(out, r)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	enc.Encode(out)
}
