import type { Matcher } from '../../../model/matcher.ts';
import {
  jsonResponse,
  type Route,
  type ServerRequest,
  type ServerResponse,
} from '../../message.ts';
import { jsonBody } from '../json-body.ts';
import { readSilence } from '../silence-body.ts';
import { silenceJson } from './alert-json.ts';
import { readFilter } from './alert-routes.ts';
import type { AlertmanagerApi } from './api.ts';
import { answering } from './envelope.ts';

/** `silences` and `silence/{id}`. */
export function silenceRoutes(api: AlertmanagerApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v2/silences',
      scope: 'read',
      handle: (request) => answering(() => listSilences(api, request)),
    },
    {
      method: 'POST',
      path: '/api/v2/silences',
      scope: 'write',
      handle: (request) => answering(() => postSilence(api, request)),
    },
    {
      method: 'GET',
      path: '/api/v2/silence/:id',
      scope: 'read',
      handle: ({ params }) => {
        const found = api.silences().find(({ id }) => id === params['id']);
        if (found === undefined) return { status: 404 };
        return jsonResponse(200, silenceJson(found, api.nowMs()));
      },
    },
    {
      method: 'DELETE',
      path: '/api/v2/silence/:id',
      scope: 'write',
      handle: ({ params, actor }) => {
        const answer = api.expireSilence(params['id'] ?? '', { by: actor, comment: '' });
        return { status: answer.kind === 'done' ? 200 : 404 };
      },
    },
  ];
}

function listSilences(api: AlertmanagerApi, { query }: ServerRequest): ServerResponse {
  const wanted = query.getAll('filter').map(readFilter);
  const found = api.silences().filter(({ matchers }) => matchesFilter(matchers, wanted));
  return jsonResponse(
    200,
    found.map((silence) => silenceJson(silence, api.nowMs())),
  );
}

/** A filter names what a silence must say of a label; a label of which it says nothing agrees. */
function matchesFilter(matchers: readonly Matcher[], wanted: readonly Matcher[]): boolean {
  return wanted.every((filter) =>
    matchers.some(({ name, operator, value }) => {
      return name === filter.name && operator === filter.operator && value === filter.value;
    }),
  );
}

function postSilence(api: AlertmanagerApi, request: ServerRequest): ServerResponse {
  const answer = api.silence(readSilence(jsonBody(request), request.actor));
  switch (answer.kind) {
    case 'done':
      return jsonResponse(200, { silenceID: answer.value.id });
    case 'unknown':
      return jsonResponse(404, 'silence not found');
    case 'conflict':
    case 'invalid':
      return jsonResponse(400, `invalid silence: ${answer.message}`);
  }
}
