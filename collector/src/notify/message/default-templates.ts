import { ALERTS_PAGE } from './page-links.ts';

/**
 * The templates that every configuration can call. Their names and what they print are
 * Alertmanager's, so that a file written for it gives the same messages here; what an alert knows
 * beyond it (links, drift) follows in lines of its own, which are absent where it knows nothing.
 *
 * The text between an action and a line's end is part of the output: lines are not indented.
 */
const ALERT_LIST = `{{ define "__alert_links" -}}
{{ with .Links.Page }}Alert: {{ . }}
{{ end }}{{ with .Links.Runbook }}Runbook: {{ . }}
{{ end }}{{ with .Links.Trace }}Trace: {{ . }}
{{ end }}{{ end }}

{{ define "__drift" -}}
feature {{ .Feature }} moved{{ with .Detector }}, {{ . }}{{ end }} {{ printf "%.3g" .Score }} since {{ .Since | date "2006-01-02 15:04:05 MST" }}
{{- end }}

{{ define "__text_alert_list" -}}
{{ range . }}Labels:
{{ range .Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Annotations:
{{ range .Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
{{ end }}Source: {{ .GeneratorURL }}
{{ with .Drift }}Drift: {{ template "__drift" . }}
{{ end }}{{ template "__alert_links" . }}{{ end }}{{ end }}

{{ define "__text_alert_list_markdown" -}}
{{ range . }}
Labels:
{{ range .Labels.SortedPairs }}  - {{ .Name }} = {{ .Value }}
{{ end }}
Annotations:
{{ range .Annotations.SortedPairs }}  - {{ .Name }} = {{ .Value }}
{{ end }}
Source: {{ .GeneratorURL }}
{{ with .Drift }}
Drift: {{ template "__drift" . }}
{{ end }}{{ end }}
{{ end }}
`;

const SUBJECT = `{{ define "__alertmanager" }}Telltale{{ end }}
{{ define "__alertmanagerURL" -}}
{{ .ExternalURL }}${ALERTS_PAGE}?receiver={{ .Receiver | urlquery }}
{{- end }}
{{ define "__description" }}{{ end }}

{{ define "__subject" -}}
[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]
{{- " " }}{{ join " " .GroupLabels.SortedPairs.Values }}
{{- " " }}{{ if gt (len .CommonLabels) (len .GroupLabels) -}}
({{ with .CommonLabels.Remove .GroupLabels.Names }}{{ join " " .Values }}{{ end }})
{{- end }}{{ end }}
`;

/** Firing and resolved alerts under a heading each, framed by empty lines. */
function sections(name: string, list: string, mark: string): string {
  return `{{ define "${name}" }}
{{ if .Alerts.Firing }}
${mark}Alerts Firing:
{{ template "${list}" .Alerts.Firing }}
{{ end }}
{{ if .Alerts.Resolved }}
${mark}Alerts Resolved:
{{ template "${list}" .Alerts.Resolved }}
{{ end }}
{{ end }}
`;
}

/** A template that prints what another one does. */
function alias(name: string, target: string): string {
  return `{{ define "${name}" }}{{ template "${target}" . }}{{ end }}\n`;
}

function empty(...names: readonly string[]): string {
  return names.map((name) => `{{ define "${name}" }}{{ end }}\n`).join('');
}

const SLACK = `{{ define "slack.default.fallback" -}}
{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}
{{- end }}
{{ define "slack.default.color" }}{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}{{ end }}
{{ define "slack.default.text" }}{{ range .Alerts.Firing }}{{ with .Drift -}}
Drift: {{ template "__drift" . }}
{{ end }}{{ end }}{{ end }}
`;

export const DEFAULT_TEMPLATES: string = [
  SUBJECT,
  ALERT_LIST,
  alias('slack.default.title', '__subject'),
  alias('slack.default.username', '__alertmanager'),
  alias('slack.default.titlelink', '__alertmanagerURL'),
  empty(
    'slack.default.pretext',
    'slack.default.iconemoji',
    'slack.default.iconurl',
    'slack.default.callbackid',
    'slack.default.footer',
  ),
  SLACK,
  alias('pagerduty.default.description', '__subject'),
  alias('pagerduty.default.client', '__alertmanager'),
  alias('pagerduty.default.clientURL', '__alertmanagerURL'),
  alias('pagerduty.default.instances', '__text_alert_list'),
  empty('discord.default.content'),
  alias('discord.default.title', '__subject'),
  sections('discord.default.message', '__text_alert_list', ''),
  sections('telegram.default.message', '__text_alert_list', ''),
  alias('msteamsv2.default.title', '__subject'),
  sections('msteamsv2.default.text', '__text_alert_list_markdown', '# '),
  alias('email.default.subject', '__subject'),
].join('\n');
