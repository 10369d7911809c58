import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

import type { Source } from './panel.ts';

/** Each source is a variable of the board, so that a board moves between installations. */
export const DATA_SOURCES: Readonly<Record<Source, DataSourceRef>> = {
  metrics: { type: 'prometheus', uid: '${datasource}' },
  alerts: { type: 'prometheus', uid: '${alerts}' },
  traces: { type: 'tempo', uid: '${traces}' },
};
