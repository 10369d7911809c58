import { resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { maskResource } from '../../../../src/telltale/src/masking/resource-masking.ts';
import { SECRET, SECRET_NAMES } from '../../../support/secretive-app.ts';

/** What describes a process, and must arrive as it is. */
const PLAIN = {
  'service.name': 'token-service',
  'service.version': '1.2.3',
  'service.instance.id': '5c5ef1a2-4c5e-4a3a-a5d5-0e6f3d6f5f3e',
  'deployment.environment.name': 'prod',
  'host.name': 'auth-host-1',
  'host.id': '0123456789abcdef0123456789abcdef',
  'container.id': 'f'.repeat(64),
  'k8s.pod.uid': '275ecb36-5aa8-4c2a-9c47-d8bb681b9aff',
  'process.pid': 7,
  'process.command_args': ['/usr/bin/node', 'app.js', '--port', '80'],
  'telemetry.sdk.name': 'opentelemetry',
};

test('what describes a process stays as it is', () => {
  expect(maskResource(resourceFromAttributes(PLAIN)).attributes).toEqual(PLAIN);
});

test('a secret does not stay, in whatever attribute and however it was put there', async () => {
  const text = fc.constantFrom(
    `postgres://app:${SECRET}@db/orders`,
    `--token=${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    `{"password":"${SECRET}"}`,
  );
  const prefix = fc.constantFrom('', 'app.', 'service.', 'host.', 'k8s.label.');
  const named = fc.tuple(prefix, fc.constantFrom(...SECRET_NAMES)).map((parts) => parts.join(''));
  const pair = fc.oneof(
    fc.tuple(named, fc.constant(SECRET)),
    fc.tuple(fc.constantFrom('team', 'service.name', 'host.name', 'db.url'), text),
    fc.tuple(
      fc.constant('process.command_args'),
      text.map((one) => ['node', one]),
    ),
    fc.tuple(
      fc.constant('process.command_args'),
      fc.constantFrom(...SECRET_NAMES).map((name) => ['node', `--${name}`, SECRET]),
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(pair, fc.boolean(), fc.boolean()), { maxLength: 6 }),
      async (pairs) => {
        const attributes = Object.fromEntries(
          pairs.map(([[name, value], isLate]) => [name, isLate ? Promise.resolve(value) : value]),
        );
        const resource = resourceFromAttributes(attributes);
        // Attributes that were read before are kept by the resource.
        const isRead = pairs.every(([, isLate]) => !isLate);
        const before = isRead ? JSON.stringify(resource.attributes) : SECRET;
        expect(before.includes(SECRET)).toBe(pairs.length > 0 || !isRead);
        maskResource(resource);
        await resource.waitForAsyncAttributes?.();
        const seen = JSON.stringify([resource.attributes, resource.getRawAttributes()]);
        expect(seen).not.toContain(SECRET);
        expect(Object.keys(resource.attributes).toSorted()).toEqual(
          Object.keys(attributes).toSorted(),
        );
      },
    ),
  );
});
