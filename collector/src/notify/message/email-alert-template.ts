/** Severities as people know them; what has another one gets none. */
const SEVERITY_COLORS: readonly (readonly [names: readonly string[], color: string])[] = [
  [['critical', 'page', 'fatal'], '#b3261e'],
  [['error', 'major'], '#b54708'],
  [['warning', 'warn', 'ticket'], '#8a5a00'],
];

/** One alert: what it is, since when, its labels and annotations, and where to go on. */
export function emailAlert(font: string): string {
  const cell = `${font};font-size:14px;color:#1d2939`;
  return `{{ define "__email_link" }}<a href="{{ .URL }}" style="color:#1849a9">{{ .Text }}</a>&#160; {{ end }}
{{ define "__email_severity" }}${severities()}{{ end }}
{{ define "__email_pairs" }}{{ range .SortedPairs }}<tr>
<td width="160" valign="top" style="padding:2px 8px 2px 0;${font};font-size:13px;color:#475467">{{ .Name }}</td>
<td valign="top" style="padding:2px 0;${font};font-size:13px;color:#1d2939;word-wrap:break-word">{{ .Value }}</td>
</tr>
{{ end }}{{ end }}
{{ define "__email_alert" }}<tr>
<td style="padding:16px;border-top:1px solid #d0d5dd">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td colspan="2" style="padding:0 0 8px 0;${cell};font-weight:bold">
{{- if eq .Status "firing" }}FIRING{{ else }}RESOLVED{{ end }} {{ .Labels.alertname }}
{{- template "__email_severity" .Labels.severity }}</td></tr>
<tr><td colspan="2" style="padding:0 0 8px 0;${cell}">Since {{ .StartsAt | date "2006-01-02 15:04:05 MST" }}
{{- if eq .Status "resolved" }}, until {{ .EndsAt | date "2006-01-02 15:04:05 MST" }}{{ end }}</td></tr>
{{ with .Drift }}<tr><td colspan="2" style="padding:0 0 8px 0;${cell}">Drift: {{ template "__drift" . }}</td></tr>
{{ end }}<tr><td colspan="2"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed">
{{ template "__email_pairs" .Annotations }}{{ template "__email_pairs" .Labels }}</table></td></tr>
<tr><td colspan="2" style="padding:8px 0 0 0;${cell}">
{{ with .Links.Page }}{{ template "__email_link" dict "URL" . "Text" "Alert" }}{{ end }}
{{- with .Links.Runbook }}{{ template "__email_link" dict "URL" . "Text" "Runbook" }}{{ end }}
{{- with .Links.Trace }}{{ template "__email_link" dict "URL" . "Text" "Trace" }}{{ end }}
{{- with .GeneratorURL }}{{ template "__email_link" dict "URL" . "Text" "Source" }}{{ end }}
</td></tr>
</table>
</td>
</tr>
{{ end }}`;
}

function severities(): string {
  const branches = SEVERITY_COLORS.map(([names, color], index) => {
    const condition = `eq . ${names.map((name) => JSON.stringify(name)).join(' ')}`;
    const word = index === 0 ? 'if' : 'else if';
    return `{{ ${word} ${condition} }} <span style="color:${color}">{{ . }}</span>`;
  });
  return `${branches.join('')}{{ else if . }} {{ . }}{{ end }}`;
}
