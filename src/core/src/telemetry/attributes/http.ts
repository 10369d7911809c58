import type { AttributeRow } from '../rows.ts';

export const ATTR_HTTP_REQUEST_METHOD: AttributeRow = {
  name: 'http.request.method',
  type: 'string',
  description: 'Method of the request',
  stability: 'stable',
};

export const ATTR_HTTP_ROUTE: AttributeRow = {
  name: 'http.route',
  type: 'string',
  description: 'Route that answered, where the framework tells it: Fastify and Express do',
  stability: 'stable',
};

export const ATTR_URL_PATH: AttributeRow = {
  name: 'url.path',
  type: 'string',
  description: 'Path without the query, where no route is known',
  stability: 'stable',
};

export const ATTR_HTTP_RESPONSE_STATUS_CODE: AttributeRow = {
  name: 'http.response.status_code',
  type: 'int',
  description: 'Status of the answer',
  stability: 'stable',
};

export const ATTR_HTTP_SERVER_DURATION: AttributeRow = {
  name: 'http.server.request.duration',
  type: 'double',
  description: 'Seconds from the head of the request to the end of the answer',
  stability: 'development',
};

export const ATTR_USER_AGENT_ORIGINAL: AttributeRow = {
  name: 'user_agent.original',
  type: 'string',
  description: 'The User-Agent header, at most 256 characters',
  stability: 'stable',
};

export const HTTP_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_SERVER_DURATION,
  ATTR_USER_AGENT_ORIGINAL,
];
