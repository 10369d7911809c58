{{- /*
The pod of an OTel Collector. Call with a dict of
  "root"       the chart's own values and files
  "component"  label of the tier
  "config"     name of the define that makes its configuration
  "resources"  of the container
  "faces"      whether applications send to it
  "stores"     whether it keeps a queue and sends to stores
*/ -}}
{{- define "telltale.otelCollector.pod" -}}
{{- $root := .root -}}
{{- $values := $root.Values.otelCollector -}}
{{- $name := include "telltale.fullname" $root -}}
{{- $secret := $root.Values.alertService.apiKey -}}
{{- $tls := and .faces $values.tls.enabled -}}
metadata:
  labels:
    {{- include "telltale.podLabels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include .config $root | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $name }}
  {{- include "telltale.podSecurity" $root | nindent 2 }}
  {{- include "telltale.scheduling" (dict "root" $root "component" .component "values" $values) | nindent 2 }}
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  containers:
    - name: otel-collector
      image: {{ include "telltale.image" (dict "image" $values.image "tag" "") | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args:
        - --config=/etc/otelcol/config.yaml
        # Else each start adds a new label, over which rate() cannot look.
        - --feature-gates=-connector.spanmetrics.includeCollectorInstanceID
      env:
        - {name: OTELCOL_BIND, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        {{- with include "telltale.goMemoryLimit" .resources }}
        - {name: GOMEMLIMIT, value: {{ . }}}
        {{- end }}
        {{- if .stores }}
        {{- include "telltale.otelCollector.storeEnv" (dict "root" $root "component" .component) | nindent 8 }}
        {{- else }}
        - {name: TIER2_HOST, value: {{ $name }}-otel-collector-tier2}
        {{- end }}
        {{- if $tls }}
        - {name: OTELCOL_TLS_CERT, value: /etc/otelcol/tls/tls.crt}
        - {name: OTELCOL_TLS_KEY, value: /etc/otelcol/tls/tls.key}
        - {name: OTELCOL_TLS_CLIENT_CA, value: /etc/otelcol/tls/ca.crt}
        - {name: OTELCOL_TOKEN_FILE, value: /etc/otelcol/tls/token}
        {{- end }}
        {{- with $values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "telltale.containerSecurity" $root | nindent 6 }}
      ports:
        - {name: otlp-grpc, containerPort: 4317, protocol: TCP}
        - {name: otlp-http, containerPort: 4318, protocol: TCP}
        - {name: metrics, containerPort: 8888, protocol: TCP}
        - {name: health, containerPort: 13133, protocol: TCP}
      startupProbe:
        httpGet: {path: /, port: health}
        periodSeconds: 2
        failureThreshold: 60
      readinessProbe:
        httpGet: {path: /, port: health}
        periodSeconds: 10
      livenessProbe:
        httpGet: {path: /, port: health}
        periodSeconds: 10
        failureThreshold: 6
      lifecycle:
        preStop: {sleep: {seconds: {{ $values.preStopSleepSeconds }}}}
      resources:
        {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - {name: config, mountPath: /etc/otelcol, readOnly: true}
        {{- if .stores }}
        - {name: queue, mountPath: /var/lib/otelcol/queue}
        {{- end }}
        {{- with $values.secretMounts }}
        {{- include "telltale.secretVolumeMounts" . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      projected:
        defaultMode: 0440
        sources:
          - configMap: {name: {{ $name }}-{{ .component }}}
          {{- if .stores }}
          - secret:
              name: {{ $secret.existingSecret | quote }}
              items: [{key: {{ $secret.key | quote }}, path: secrets/api-key}]
          {{- end }}
          {{- if $tls }}
          - secret:
              name: {{ $values.tls.existingSecret | quote }}
              items:
                - {key: tls.crt, path: tls/tls.crt}
                - {key: tls.key, path: tls/tls.key}
                - {key: ca.crt, path: tls/ca.crt}
                - {key: token, path: tls/token}
          {{- end }}
    {{- if and .stores (not $values.persistence.enabled) }}
    - name: queue
      emptyDir: {}
    {{- end }}
    {{- with $values.secretMounts }}
    {{- include "telltale.secretVolumes" . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- /* Where the Collector with the queue sends to. A pod of the second tier has a service of its own. */ -}}
{{- define "telltale.otelCollector.storeEnv" -}}
{{- $values := .root.Values.otelCollector -}}
{{- $name := include "telltale.fullname" .root -}}
- {name: DEPLOYMENT_ENVIRONMENT, value: {{ $values.environment | quote }}}
- {name: TELLTALE_SLOW_MS, value: {{ $values.slowMs | quote }}}
- {name: TELLTALE_SAMPLING_PERCENT, value: {{ $values.samplingPercent | quote }}}
- {name: TEMPO_OTLP, value: {{ $values.tempo.endpoint | quote }}}
- {name: PROM_OTLP, value: {{ $values.prometheus.endpoint | quote }}}
{{- if eq .component "otel-collector-tier2" }}
- {name: OTELCOL_INSTANCE, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
- {name: POD_INDEX, valueFrom: {fieldRef: {fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']"}}}
- {name: TELLTALE_OTLP, value: "http://{{ $name }}-$(POD_INDEX).{{ $name }}-headless:4328"}
{{- else }}
- {name: TELLTALE_OTLP, value: "http://{{ $name }}:4328"}
{{- end }}
{{- end -}}
