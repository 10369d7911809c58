// Before anything can load ONNX Runtime. An ESM file could not do this here: its imports are hoisted.
if (process.env['TELLTALE_ORT_TELEMETRY'] !== '1') process.env['ORT_DISABLE_TELEMETRY'] ??= '1';

// It requires its own package by name, so that the `require` condition (the CommonJS build) is taken.
const { start } = require('telltale') as typeof import('telltale');

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

if (start().wantsEsmHook) hookEsmImports();
