// Before anything can load ONNX Runtime. An ESM file could not do this here: its imports are hoisted.
if (process.env['TELLTALE_ORT_TELEMETRY'] !== '1') process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

/** What the instrumentations hook, together: one hook call a process. */
const HOOKED_MODULES = ['onnxruntime-common', 'onnxruntime-node', '@huggingface/transformers'];

function hookEsmImports(): void {
  try {
    require('import-in-the-middle/register-hooks.mjs').register({ include: HOOKED_MODULES });
  } catch (cause) {
    // An async loader hook is already in charge (Node 22): it sees the imports, so leave it alone.
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_METHOD_NOT_IMPLEMENTED') throw cause;
  }
}

try {
  const { start } = require('./index.js') as typeof import('telltale');
  if (start().wantsEsmHook) hookEsmImports();
} catch (cause) {
  // Watching is a help, never a condition: the application starts whatever happened here.
  const reason = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  const line = reason.split('\n').slice(0, 2).join(' ').replace(/\s+/gu, ' ').slice(0, 400);
  process.stderr.write(`telltale: Cannot start, the application runs without it: ${line}\n`);
}
