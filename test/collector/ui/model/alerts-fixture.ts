import type { Alert } from '../../../../collector/ui/src/model/alert.ts';

/** A firing alert of a rule; everything can be said differently. */
export function alertOf(init: Partial<Alert> & { readonly id: string }): Alert {
  return {
    episode: null,
    alertname: 'Slow',
    severity: 'WARNING',
    state: 'firing',
    source: 'rule',
    labels: { alertname: init.alertname ?? 'Slow', severity: 'warning' },
    annotations: {},
    value: '0.3',
    activeAt: '2026-01-02T03:00:00.000Z',
    firedAt: '2026-01-02T03:01:00.000Z',
    resolvedAt: null,
    held: false,
    receivers: [],
    inhibitedBy: [],
    silencedBy: [],
    mutedBy: [],
    ack: null,
    latch: null,
    escalation: null,
    flapping: false,
    traceId: null,
    links: {},
    rule: {
      file: 'r.yml',
      group: 'g',
      query: 'x > 0.1',
      forMs: 60_000,
      labels: { severity: 'warning' },
      plot: { query: 'x', comparison: '>', threshold: '0.1' },
    },
    ...init,
  };
}
