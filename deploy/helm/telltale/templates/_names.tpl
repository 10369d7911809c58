{{- define "telltale.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- /* The longest suffix makes 52 of it, which is what Kubernetes can make pods of a StatefulSet for. */ -}}
{{- define "telltale.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 31 | trimSuffix "-" -}}
{{- else if contains (include "telltale.name" .) .Release.Name -}}
{{- .Release.Name | trunc 31 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "telltale.name" .) | trunc 31 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "telltale.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: telltale
{{ include "telltale.selectorLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "telltale.selectorLabels" -}}
app.kubernetes.io/name: {{ include "telltale.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Labels of pods: without versions, so that a new chart alone restarts nothing. */ -}}
{{- define "telltale.podLabels" -}}
{{ include "telltale.selectorLabels" . }}
app.kubernetes.io/part-of: telltale
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Call with a dict of "image" and "tag". */ -}}
{{- define "telltale.image" -}}
{{- $image := printf "%s:%s" .image.repository (.image.tag | default .tag) -}}
{{- if .image.digest -}}{{ printf "%s@%s" $image .image.digest }}{{- else -}}{{ $image }}{{- end -}}
{{- end -}}

{{- /* The component whose pods applications send to is always "otel-collector". */ -}}
{{- define "telltale.storeComponent" -}}
{{- if eq (int .Values.otelCollector.tiers) 2 -}}otel-collector-tier2{{- else -}}otel-collector{{- end -}}
{{- end -}}
