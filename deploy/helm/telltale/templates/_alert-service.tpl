{{- define "telltale.alertService.image" -}}
image: {{ include "telltale.image" (dict "image" .Values.alertService.image "tag" .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.alertService.image.pullPolicy }}
{{- end -}}

{{- /* What the service and the check before an upgrade see alike. */ -}}
{{- define "telltale.alertService.mounts" -}}
- {name: config, mountPath: /etc/telltale, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- with .Values.alertService.secretMounts }}
{{ include "telltale.secretVolumeMounts" . }}
{{- end }}
{{- end -}}

{{- /*
Configuration, rules and key in one folder, because a volume inside of a read-only one is asking for
trouble. Call with a dict of "root" and "config", the name that its ConfigMaps begin with.
*/ -}}
{{- define "telltale.alertService.volumes" -}}
{{- $service := .root.Values.alertService -}}
- name: config
  projected:
    defaultMode: 0440
    sources:
      - configMap: {name: {{ .config }}}
      {{- with include "telltale.ruleFiles" .root | fromYaml }}
      - configMap:
          name: {{ $.config }}-rules
          items:
            {{- range $file, $_ := . }}
            - {key: {{ $file | quote }}, path: {{ printf "rules/%s" $file | quote }}}
            {{- end }}
      {{- end }}
      - secret:
          name: {{ $service.apiKey.existingSecret | quote }}
          items: [{key: {{ $service.apiKey.key | quote }}, path: secrets/api-key}]
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with $service.secretMounts }}
{{ include "telltale.secretVolumes" . }}
{{- end }}
{{- end -}}

{{- /* Both ConfigMaps. Call with a dict of "root", "name" and "annotations". */ -}}
{{- define "telltale.alertService.configMaps" -}}
{{- range $suffix, $define := dict "" "telltale.alertService.configFile" "-rules" "telltale.ruleFiles" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.name }}{{ $suffix }}
  labels:
    {{- include "telltale.labels" $.root | nindent 4 }}
    app.kubernetes.io/component: alert-service
  {{- with $.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- with include $define $.root | trim }}
data:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "telltale.alertService.configFile" -}}
telltale.yaml: |
  {{- include "telltale.alertService.config" . | nindent 2 }}
{{- end -}}
