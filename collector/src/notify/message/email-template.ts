import { emailAlert } from './email-alert-template.ts';

/**
 * The HTML part of an e-mail: tables and inline styles only, because many clients drop style
 * sheets. Every text stands on a background of its own with enough contrast, so that a client that
 * turns colours round for dark reading finds each pair together.
 */
const FONT = 'font-family:Arial,Helvetica,sans-serif';

const HEAD = `<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin:0;padding:0;background-color:#f2f4f7" bgcolor="#f2f4f7">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f2f4f7">
<tr><td align="center" style="padding:16px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff">
`;

const TITLE = `<tr>
{{ if .Alerts.Firing }}<td bgcolor="#b3261e" style="padding:16px;${FONT};font-size:18px;font-weight:bold;color:#ffffff">
{{ else }}<td bgcolor="#1b7f3b" style="padding:16px;${FONT};font-size:18px;font-weight:bold;color:#ffffff">
{{ end }}{{ with .Alerts.Firing }}{{ len . }} firing{{ end }}
{{- if and .Alerts.Firing .Alerts.Resolved }}, {{ end }}
{{- with .Alerts.Resolved }}{{ len . }} resolved{{ end }}
{{ with .GroupLabels.SortedPairs }}&#8211; {{ join " " .Values }}{{ end }}</td>
</tr>
{{ with .CommonAnnotations.summary }}<tr>
<td style="padding:16px;${FONT};font-size:16px;color:#1d2939">{{ . }}</td>
</tr>
{{ end }}`;

const FOOT = `<tr>
<td style="padding:16px;${FONT};font-size:12px;color:#475467">
Receiver {{ .Receiver }}, sent by <a href="{{ template "__alertmanagerURL" . }}" style="color:#1849a9">{{ template "__alertmanager" . }}</a>
{{- with .Escalation }}, step {{ .Step }} of the escalation policy {{ .Policy }}{{ end }}.
</td>
</tr>
</table>
</td></tr>
</table>
</body>
</html>
`;

const ALERTS = `{{ range .Alerts.Firing }}{{ template "__email_alert" . }}{{ end }}
{{ range .Alerts.Resolved }}{{ template "__email_alert" . }}{{ end }}`;

/** The plain part, which clients without HTML and screen readers show. */
const TEXT = `{{ define "email.default.text" -}}
{{ template "__subject" . }}
{{ if .Alerts.Firing }}
Firing:

{{ template "__text_alert_list" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}
Resolved:

{{ template "__text_alert_list" .Alerts.Resolved }}{{ end }}
{{ template "__alertmanagerURL" . }}
{{ end }}`;

export const EMAIL_TEMPLATE: string = `${emailAlert(FONT)}
{{ define "email.default.html" -}}
${HEAD}${TITLE}${ALERTS}${FOOT}{{- end }}
${TEXT}`;
