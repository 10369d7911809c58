import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function RulesView(): JSX.Element {
  return <Empty text="" />;
}
