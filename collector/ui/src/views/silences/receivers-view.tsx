import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function ReceiversView(): JSX.Element {
  return <Empty text="" />;
}
