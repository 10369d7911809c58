import { jsonResponse, type Route, textResponse } from '../message.ts';

export interface OperationsApi {
  /** Why the service cannot do its work; empty when it can. */
  problems(): readonly string[];
  metricsText(): Promise<string>;
  /** Resolves with what is wrong with the new configuration; empty when it is in place. */
  reload(actor: string): Promise<readonly string[]>;
}

/** Health, own metrics and reload. */
export function operationsRoutes(api: OperationsApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/-/healthy',
      scope: 'open',
      isVital: true,
      handle: () => textResponse(200, 'Telltale is Healthy.\n'),
    },
    {
      method: 'GET',
      path: '/-/ready',
      scope: 'open',
      isVital: true,
      handle: () => {
        const problems = api.problems();
        if (problems.length === 0) return textResponse(200, 'Telltale is Ready.\n');
        const answer = textResponse(503, `Telltale is not ready: ${problems.join('; ')}\n`);
        return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      scope: 'read',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: await api.metricsText(),
      }),
    },
    {
      method: 'POST',
      path: '/-/reload',
      scope: 'admin',
      handle: async ({ actor }) => {
        const problems = await api.reload(actor);
        if (problems.length === 0) return textResponse(200, '');
        return jsonResponse(400, {
          error: { code: 'CONFIG_INVALID', message: problems.join('\n') },
        });
      },
    },
  ];
}
