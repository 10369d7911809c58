import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function GraphView(): JSX.Element {
  return <Empty text="" />;
}
