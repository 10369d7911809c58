import type { Config } from './config.ts';

const INLINE_CODE = /^(?:-(?:e|p|pe)$|--(?:eval|print)(?:=|$))/u;

/**
 * Whether this Node.js has hooks for `import` that run in the thread of the application. As
 * import-in-the-middle's own test, which cannot be used: it would load an `.mjs` file.
 */
export function supportsSyncHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  return major > 25 || (major === 25 && minor > 0);
}

/**
 * Whether `import` of ONNX Runtime is to be hooked. Not for `node -e` and `node -p`, which
 * import-in-the-middle 3.6.0 breaks; inline code imports no model anyway.
 */
export function wantsEsmHook(config: Config, execArgv: readonly string[]): boolean {
  if (config.text('esm_hook') === 'off' || !supportsSyncHooks(process.versions.node)) return false;
  return !execArgv.some((argument) => INLINE_CODE.test(argument));
}
