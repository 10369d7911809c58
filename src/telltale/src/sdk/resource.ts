import { threadId } from 'node:worker_threads';

import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  envDetector,
  hostDetector,
  osDetector,
  type Resource,
  type ResourceDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';

import type { Config } from '../config.ts';

/**
 * What describes this process when nobody chose detectors. Upstream's process detector is left out
 * because it sends the command line and paths.
 */
export const DEFAULT_DETECTORS: readonly ResourceDetector[] = [
  serviceInstanceIdDetector,
  hostDetector,
  osDetector,
  envDetector,
];

/** The resource of the own SDK; detectors add to it. */
export function createResource(config: Config): Resource {
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
  return defaultResource().merge(resourceFromAttributes(attributes));
}
