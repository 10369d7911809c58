/** Top-level keys of `telltale.yaml`, which an application and the alert service may share. */

/** What the application reads; a section or an option of its own. */
export const APPLICATION_KEYS: ReadonlySet<string> = new Set([
  'auto_instrumentations',
  'drift',
  'enabled',
  'esm_hook',
  'export',
  'feedback',
  'flush',
  'gpu',
  'instrumentations',
  'logs',
  'monitoring',
  'onnxruntime',
  'privacy',
  'profile',
  'sdk',
  'service',
  'strict',
]);

/** What the alert service reads. */
export const ALERT_SERVICE_KEY = 'collector';

/** `x-anything` is for people: values that aliases repeat. Compose files have the same habit. */
export const isFreeKey = (key: string): boolean => key.startsWith('x-');
