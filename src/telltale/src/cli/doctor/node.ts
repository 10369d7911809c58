import { supportsSyncHooks } from '../../esm-hook.ts';
import type { Check } from './check.ts';

const MIN_MAJOR = 22;
const MIN_MINOR = 15;

/** Whether this Node.js is supported at all. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = major > MIN_MAJOR || (major === MIN_MAJOR && minor >= MIN_MINOR);
  return isSupported
    ? { name: 'Node.js', status: 'ok', message: version }
    : { name: 'Node.js', status: 'fail', message: `${version}; use 22.15 or later` };
}

/** Whether packages that ESM applications import directly can be seen. */
export function checkEsmHook(version: string): Check {
  const name = 'ESM hook';
  if (supportsSyncHooks(version)) return { name, status: 'ok', message: 'supported' };
  const message =
    'not supported: onnxruntime-node is seen all the same, an ESM import of onnxruntime-common is not; use 22.22.3, 24.11.1, 25.1 or later';
  return { name, status: 'warn', message };
}
