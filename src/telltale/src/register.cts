// Before anything can load ONNX Runtime. An ESM file could not do this here: its imports are hoisted.
if (process.env['TELLTALE_ORT_TELEMETRY'] !== '1') process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

// It requires its own package by name, so that the `require` condition (the CommonJS build) is taken.
const { start } = require('telltale') as typeof import('telltale');

/** What the instrumentations hook, together: one hook call a process. */
const HOOKED_MODULES = ['onnxruntime-common', 'onnxruntime-node'];
const INLINE_CODE = /^(?:-(?:e|p|pe)$|--(?:eval|print)(?:=|$))/u;

/** As import-in-the-middle's own test, which cannot be imported: it would load an `.mjs` file. */
function supportsSyncHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  return major > 25 || (major === 25 && minor > 0);
}

function hookEsmImports(): void {
  if (process.env['TELLTALE_ESM_HOOK'] === 'off') return;
  if (!supportsSyncHooks(process.versions.node)) return;
  // import-in-the-middle 3.6.0 breaks `node -e` and `node -p`; inline code imports no model anyway.
  if (process.execArgv.some((argument) => INLINE_CODE.test(argument))) return;
  try {
    require('import-in-the-middle/register-hooks.mjs').register({ include: HOOKED_MODULES });
  } catch (cause) {
    // An async loader hook is already in charge (Node 22): it sees the imports, so leave it alone.
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_METHOD_NOT_IMPLEMENTED') throw cause;
  }
}

if (start().mode !== 'off') hookEsmImports();
