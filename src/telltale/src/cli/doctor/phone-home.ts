import type { Check } from './check.ts';
import type { PackageTree } from './packages.ts';

/** The first ONNX Runtime that sends usage data to its vendor by default. */
const FIRST_MINOR = 29;

/** Whether ONNX Runtime would send usage data in this environment. */
export function checkPhoneHome(
  tree: PackageTree,
  env: Readonly<Record<string, string | undefined>>,
): Check {
  const name = 'ONNX Runtime usage data';
  const sends = tree.copies.some(
    (copy) => copy.name === 'onnxruntime-node' && sendsUsageData(copy.version),
  );
  if (!sends) return { name, status: 'ok', message: 'not sent by the installed versions' };
  if (env['TELLTALE_ORT_TELEMETRY'] === '1' && env['ORT_DISABLE_TELEMETRY'] !== '1') {
    return { name, status: 'warn', message: 'sent, because TELLTALE_ORT_TELEMETRY=1' };
  }
  const where = env['ORT_DISABLE_TELEMETRY'] === '1' ? 'the environment' : 'telltale/register';
  return { name, status: 'ok', message: `off: ${where} sets ORT_DISABLE_TELEMETRY=1` };
}

function sendsUsageData(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || (major === 1 && minor >= FIRST_MINOR);
}
