import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function HistoryView(): JSX.Element {
  return <Empty text="" />;
}
