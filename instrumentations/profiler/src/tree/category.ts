import type { CallFrame } from './cpu-profile.ts';

/** Whose time it is: the colours of a flamegraph, and the shares of its summary. */
export type Category = 'own' | 'dependency' | 'node' | 'native' | 'gc' | 'idle';

const PSEUDO: Readonly<Record<string, Category>> = {
  '(idle)': 'idle',
  '(garbage collector)': 'gc',
  // V8 names native code so: ONNX Runtime's computation is in it.
  '(program)': 'native',
};

/** Whose code a frame is. */
export function categoryOf({ functionName, url }: CallFrame): Category {
  const pseudo = url === '' ? PSEUDO[functionName] : undefined;
  if (pseudo !== undefined) return pseudo;
  if (url === '' || url.startsWith('wasm:')) return 'native';
  if (url.startsWith('node:') || url.startsWith('internal/')) return 'node';
  return /[\\/]node_modules[\\/]/u.test(url) ? 'dependency' : 'own';
}
