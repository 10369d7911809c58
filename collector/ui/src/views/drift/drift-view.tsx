import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function DriftView(): JSX.Element {
  return <Empty text="" />;
}
