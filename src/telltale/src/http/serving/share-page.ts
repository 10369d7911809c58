import { isMainThread } from 'node:worker_threads';

import type { Config } from '../../config.ts';
import { SharedPage } from '../../shared-page/shared-page.ts';
import type { PageGroup } from '../../shared-page/socket-place.ts';
import { hasRecords, renderOwnPage, summarizeThread } from './monitoring.ts';
import { pagePort } from './scheduled-server.ts';

/** The page that the threads of this process, and the processes of its service, share. */
export function createSharedPage(config: Config): SharedPage {
  return new SharedPage({
    render: renderOwnPage,
    summary: summarizeThread,
    hasRecords,
    group: groupOf(config),
  });
}

/**
 * Processes that run in one folder under one name, and whose page is as open, are one service. With
 * port 0 each has a page of its own.
 */
function groupOf(config: Config): PageGroup | undefined {
  const port = pagePort(config);
  const isShared = isMainThread && config.flag('monitoring.shared_page');
  if (port === undefined || port === 0 || !isShared) return undefined;
  return {
    port,
    hasKeys: config.isSet('monitoring.api_key') || config.flag('monitoring.metrics_key'),
    serviceName: config.text('service.name') ?? '',
    folder: process.cwd(),
  };
}
