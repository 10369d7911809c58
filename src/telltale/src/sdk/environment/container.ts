import { readFileSync } from 'node:fs';

import type { DetectedResource, ResourceDetector } from '@opentelemetry/resources';

/** Where the kernel tells the control group (version 1), or what is mounted from the host (version 2). */
const SOURCES = ['/proc/self/cgroup', '/proc/self/mountinfo'];
/** Of every engine the id is 64 hexadecimal digits; on ECS and in pods it follows other words. */
const CONTAINER_ID = /(?:^|[/:_-])(?<id>[0-9a-f]{64})(?:[/.\s]|$)/mu;

/** The container that a text of `/proc` names, if it names one. */
export const containerIdIn = (text: string): string | undefined =>
  CONTAINER_ID.exec(text)?.groups?.['id'];

/** `container.id`, as upstream's detector of that name; nothing outside a container. */
export const containerDetector: ResourceDetector = {
  detect(): DetectedResource {
    for (const path of SOURCES) {
      const id = containerIdIn(read(path));
      if (id !== undefined) return { attributes: { 'container.id': id } };
    }
    return {};
  },
};

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not Linux, or not allowed to look.
    return '';
  }
}
