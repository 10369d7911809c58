import type { JSX } from 'preact';

import { Empty } from '../../parts/problem.tsx';

export function AlertView({ id }: { readonly id: string }): JSX.Element {
  return <Empty text={`Alert ${id}`} />;
}
