{{- /* The configurations. What comes later wins; maps are merged, lists replaced, null takes out. */ -}}

{{- define "telltale.removeNulls" -}}
{{- $map := . -}}
{{- range $key, $value := . -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $map $key -}}
{{- else if kindIs "map" $value -}}
{{- include "telltale.removeNulls" $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "telltale.alertService.config" -}}
{{- $name := include "telltale.fullname" . -}}
{{- $config := .Files.Get "files/telltale.yaml" | fromYaml -}}
{{- $url := .Values.alertService.externalUrl | default (printf "http://%s.%s:9465" $name .Release.Namespace) -}}
{{- $key := dict "name" "cluster" "key_file" "/etc/telltale/secrets/api-key" "scopes" (list "ingest" "read" "write") -}}
{{- $own := dict
      "listen" (dict "otlp" "0.0.0.0:4328" "api" "0.0.0.0:9465")
      "external_url" $url
      "rules" (list "rules/*.yaml")
      "api_keys" (list $key) -}}
{{- $exports := and .Values.otelCollector.enabled (not .Values.otelCollector.tls.enabled) -}}
{{- if $exports -}}
{{- $endpoint := printf "http://%s-otel-collector:4318/v1/metrics" $name -}}
{{- $_ := set $own "drift" (dict "export" (dict "endpoint" $endpoint)) -}}
{{- else -}}
{{- $_ := unset $config.collector "drift" -}}
{{- end -}}
{{- $merged := mustMergeOverwrite $config.collector $own (deepCopy .Values.alertService.config) -}}
{{- include "telltale.removeNulls" $merged -}}
{{- dict "collector" $merged | toYaml -}}
{{- end -}}

{{- /* What applications send to: of the only tier, or of the first. */ -}}
{{- define "telltale.otelCollector.tls" -}}
{{- omit (.Files.Get "files/tls-auth.yaml" | fromYaml) "service" | toYaml -}}
{{- end -}}

{{- /* The Collector with the queue, in front of an alert service. */ -}}
{{- define "telltale.otelCollector.config" -}}
{{- $config := .Files.Get "files/otel-collector.yaml" | fromYaml -}}
{{- $token := dict "filename" "/etc/otelcol/secrets/api-key" -}}
{{- $own := dict
      "extensions" (dict "bearertokenauth/telltale" $token)
      "exporters" (dict "otlp_http/telltale" (dict "auth" (dict "authenticator" "bearertokenauth/telltale"))) -}}
{{- $config = mustMergeOverwrite $config $own -}}
{{- /* Its own metrics, which it pushes to the alert service beside the pipelines. */ -}}
{{- $push := (index $config.service.telemetry.metrics.readers 1).periodic.exporter.otlp -}}
{{- $_ := set (index $push.headers 0) "value" "${file:/etc/otelcol/secrets/api-key}" -}}
{{- $extensions := append $config.service.extensions "bearertokenauth/telltale" -}}
{{- if eq (int .Values.otelCollector.tiers) 2 -}}
{{- $config = mustMergeOverwrite $config (.Files.Get "files/tier2.yaml" | fromYaml) -}}
{{- else if .Values.otelCollector.tls.enabled -}}
{{- $config = mustMergeOverwrite $config (include "telltale.otelCollector.tls" . | fromYaml) -}}
{{- $extensions = append $extensions "bearertokenauth/clients" -}}
{{- end -}}
{{- $_ := set $config.service "extensions" $extensions -}}
{{- $config = mustMergeOverwrite $config (deepCopy .Values.otelCollector.config) -}}
{{- include "telltale.removeNulls" $config -}}
{{- $config | toYaml -}}
{{- end -}}

{{- /* The first of two tiers. */ -}}
{{- define "telltale.otelCollector.tier1Config" -}}
{{- $config := .Files.Get "files/tier1.yaml" | fromYaml -}}
{{- if .Values.otelCollector.tls.enabled -}}
{{- $config = mustMergeOverwrite $config (include "telltale.otelCollector.tls" . | fromYaml) -}}
{{- $_ := set $config.service "extensions" (append $config.service.extensions "bearertokenauth/clients") -}}
{{- end -}}
{{- $config = mustMergeOverwrite $config (deepCopy .Values.otelCollector.tier1.config) -}}
{{- include "telltale.removeNulls" $config -}}
{{- $config | toYaml -}}
{{- end -}}

{{- /* Rule files by name, as YAML. */ -}}
{{- define "telltale.ruleFiles" -}}
{{- if .Values.rules.enabled }}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" }}
{{ base $path }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end }}
{{- range $name, $content := .Values.rules.extra }}
{{ $name }}: |
  {{- toYaml $content | nindent 2 }}
{{- end }}
{{- end -}}
