{{- /* Security of every pod: an unprivileged user, and no token of the cluster. */ -}}
{{- define "telltale.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "telltale.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- /* Where pods go. Call with a dict of "root", "component" and "values" of the part. */ -}}
{{- define "telltale.scheduling" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "telltale.selectorLabels" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .component }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "telltale.secretVolumes" -}}
{{- range $index, $mount := . -}}
{{- if $index }}
{{ end -}}
- name: secret-{{ $index }}
  secret: {secretName: {{ $mount.secretName | quote }}, defaultMode: 0440}
{{- end -}}
{{- end -}}

{{- define "telltale.secretVolumeMounts" -}}
{{- range $index, $mount := . -}}
{{- if $index }}
{{ end -}}
- {name: secret-{{ $index }}, mountPath: {{ $mount.mountPath | quote }}, readOnly: true}
{{- end -}}
{{- end -}}

{{- /* The claim of a StatefulSet. Call with a dict of "name" and "persistence". */ -}}
{{- define "telltale.volumeClaim" -}}
- metadata: {name: {{ .name }}}
  spec:
    accessModes: [ReadWriteOnce]
    {{- if eq .persistence.storageClass "-" }}
    storageClassName: ""
    {{- else if .persistence.storageClass }}
    storageClassName: {{ .persistence.storageClass }}
    {{- end }}
    resources: {requests: {storage: {{ .persistence.size }}}}
{{- end -}}

{{- /* 80 % of a limit in Mi or Gi, as Go writes it; empty without a limit. */ -}}
{{- define "telltale.goMemoryLimit" -}}
{{- $limit := dig "limits" "memory" "" . -}}
{{- if hasSuffix "Gi" $limit -}}
{{- div (mul (trimSuffix "Gi" $limit | int) 1024 80) 100 }}MiB
{{- else if hasSuffix "Mi" $limit -}}
{{- div (mul (trimSuffix "Mi" $limit | int) 80) 100 }}MiB
{{- end -}}
{{- end -}}
