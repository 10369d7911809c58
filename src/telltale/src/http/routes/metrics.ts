import { failure } from '../message.ts';
import type { Route } from '../router.ts';

/** Renders the page for an `Accept` header; rejects when the collection fails. */
export type RenderPage = (accept: string) => Promise<{
  readonly contentType: string;
  readonly body: string;
}>;

/** `GET /metrics`, in the text format or OpenMetrics by `Accept`. */
export function metricsRoute(
  page: () => RenderPage | undefined,
  access: Route['access'] = 'open',
): Route {
  return {
    method: 'GET',
    path: '/metrics',
    access,
    handle: async ({ headers }) => {
      const render = page();
      if (render === undefined) {
        return failure(
          404,
          'no_page',
          'Cannot serve metrics: another OpenTelemetry SDK owns them in this process',
        );
      }
      try {
        const { contentType, body } = await render(headers['accept'] ?? '');
        return { status: 200, headers: { 'content-type': contentType }, body };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        return failure(503, 'collection_failed', `Cannot collect metrics: ${reason}`);
      }
    },
  };
}
