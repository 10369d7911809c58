/** Rules in the shapes of `deploy/prometheus/rules`, over gauges that a scene sends itself. */
export const RULES = `groups:
  - name: inference
    interval: 15s
    rules:
      - alert: InferenceErrors
        expr: ml_error_ratio > 0.05
        for: 1m
        labels: {severity: critical, team: ml}
        annotations:
          summary: '{{ $labels.ml_model_name }} on {{ $labels.instance }}: {{ $value | humanizePercentage }} of inferences fail'
          description: 'The model answers with errors. Compare the last deployment, then the input validation.'
          runbook_url: https://runbooks.example.com/inference-errors
      - alert: InferenceSlow
        expr: ml_latency_p95_seconds > 0.2
        for: 1m
        labels: {severity: warning, team: ml}
        annotations:
          summary: '95 % of inferences take up to {{ $value | humanizeDuration }}'
          runbook_url: https://runbooks.example.com/inference-slow
      - alert: QueueDeep
        expr: queue_depth > 100
        for: 30m
        labels: {severity: error, team: serving}
        annotations:
          summary: '{{ $value }} requests wait for {{ $labels.ml_model_name }}'
      - record: model:ml_error_ratio:max
        expr: max by (ml_model_name) (ml_error_ratio)
  - name: drift
    interval: 30s
    rules:
      - alert: FleetDrift
        expr: ml_drift_fleet_evidence >= on (ml_model_name, ml_model_version, ml_drift_stream, ml_drift_direction, ml_drift_aspect) ml_drift_fleet_evidence_threshold
        labels: {severity: error, team: ml}
        annotations:
          summary: 'What {{ $labels.ml_model_name }} answers in {{ $labels.ml_drift_stream }} is not what it was'
  - name: inventory
    interval: 1m
    rules:
      - record: broken:pairs
        expr: queue_depth * on (ml_model_name) queue_depth
`;

export const ALERTMANAGER = `route:
  receiver: on-call
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1m
  repeat_interval: 4h
  routes:
    - matchers: [team="serving"]
      receiver: serving
receivers:
  - name: on-call
    webhook_configs: [{url: 'http://pager.test/hook'}]
  - name: serving
    webhook_configs: [{url: 'http://serving.test/hook'}]
`;

export const CONFIG = `collector:
  listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}
  rules: [rules.yml]
  retain_all: 3h
  log: {level: error}
  alertmanager_config: alertmanager.yml
  escalation:
    policies:
      oncall:
        matchers: ['severity="critical"']
        steps: [{after: 12h, receivers: [serving]}]
`;
