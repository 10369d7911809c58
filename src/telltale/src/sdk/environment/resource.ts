import { threadId } from 'node:worker_threads';

import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';

import type { Config } from '../../config.ts';
import { maskResource } from '../../masking/resource-masking.ts';
import { containerDetector } from './container.ts';

const DETECTORS: ReadonlyMap<string, ResourceDetector> = new Map([
  ['host', hostDetector],
  ['os', osDetector],
  ['serviceinstance', serviceInstanceIdDetector],
  // The name that the SDK of declarative configuration has for it.
  ['service', serviceInstanceIdDetector],
  ['process', processDetector],
  ['container', containerDetector],
  ['env', envDetector],
]);

/** The resource of the own SDK: what the configuration says, over what the detectors find. */
export function createResource(config: Config): Resource {
  const detected = detectResources({ detectors: [...detectorsOf(config)] });
  const name = config.text('service.name');
  const named = resourceFromAttributes(name === undefined ? {} : { 'service.name': name });
  const resource = defaultResource()
    .merge(resourceFromAttributes(ownAttributes(config)))
    .merge(detected)
    .merge(named);
  maskResource(resource);
  // What is found later, such as `host.id`, is only taken in once it is waited for. Otherwise
  // the first export waits, and a process that ends then loses it.
  void resource.waitForAsyncAttributes?.().catch(() => {});
  return resource;
}

/**
 * `OTEL_NODE_RESOURCE_DETECTORS`. Upstream's process detector is no default because it sends the
 * command line and paths.
 */
function detectorsOf(config: Config): readonly ResourceDetector[] {
  const names = config.list('OTEL_NODE_RESOURCE_DETECTORS');
  if (names.includes('all')) return [...new Set(DETECTORS.values())];
  if (names.includes('none')) return [];
  return names.flatMap((name) => DETECTORS.get(name) ?? []);
}

function ownAttributes(config: Config): Attributes {
  const attributes: Attributes = {
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  };
  if (threadId !== 0) attributes['thread.id'] = threadId;
  const version = config.text('service.version');
  if (version !== undefined) attributes['service.version'] = version;
  const environment = config.text('service.environment');
  if (environment !== undefined) attributes['deployment.environment.name'] = environment;
  return attributes;
}
