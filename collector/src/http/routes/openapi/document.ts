import { jsonResponse, type Route } from '../../message.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { reference, SCHEMAS, type Schema } from './schemas.ts';

/** `GET /monitoring/openapi.json`. */
export function openApiRoutes(version: string): Route[] {
  return [
    {
      method: 'GET',
      path: '/monitoring/openapi.json',
      scope: 'read',
      handle: () => jsonResponse(200, openApiDocument(version)),
    },
  ];
}

/** The OpenAPI 3.1 document of everything that the API listener answers but the page. */
export function openApiDocument(version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationObject(operation),
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Telltale alert service', version },
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operationObject(operation: Operation): Schema {
  const { summary, scope, query = [], body, answer, status = 200 } = operation;
  const { mediaType = 'application/json' } = operation;
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary,
    'x-scope': scope,
    security: scope === 'open' ? [] : [{ apiKey: [] }, { bearer: [] }],
    parameters: [...inPath, ...query.map(queryParameter)],
    ...(body === undefined ? {} : { requestBody: { content: json(body) } }),
    responses: {
      [status]: {
        description: 'done',
        ...(answer === undefined ? {} : { content: { [mediaType]: { schema: answer } } }),
      },
      default: { description: 'why it was refused', ...errorContent(operation.path) },
    },
  };
}

function queryParameter(name: string): Schema {
  const isList = name.endsWith('*');
  const schema = isList ? { type: 'array', items: { type: 'string' } } : { type: 'string' };
  return { name: name.replace(/\*$/u, ''), in: 'query', schema };
}

/** Each API answers errors in its own words. */
function errorContent(path: string): Schema {
  if (path.startsWith('/api/v1/')) return { content: json(reference('PrometheusError')) };
  if (path.startsWith('/api/v2/')) return { content: json({ type: 'string' }) };
  if (path === '/-/healthy' || path === '/-/ready') {
    return { content: { 'text/plain': { schema: { type: 'string' } } } };
  }
  return { content: json(reference('Error')) };
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}
