import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function SilencesView(): JSX.Element {
  return <Empty text="" />;
}
