import { jsonResponse, type Route } from '../../message.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { QUERY_OPERATIONS } from './query-operations.ts';
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

/** The OpenAPI 3.1 document of alerts, silences and what people do with them. */
export function openApiDocument(version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of [...OPERATIONS, ...QUERY_OPERATIONS]) {
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
  const { summary, scope, query = [], body, answer, mediaType = 'application/json' } = operation;
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary,
    'x-scope': scope,
    security: [{ apiKey: [] }, { bearer: [] }],
    parameters: [...inPath, ...query.map(queryParameter)],
    ...(body === undefined ? {} : { requestBody: { content: json(body) } }),
    responses: {
      200: {
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

/** Alertmanager's paths answer errors with a text. */
function errorContent(path: string): Schema {
  const isOurs = path.startsWith('/monitoring');
  return { content: json(isOurs ? reference('Error') : { type: 'string' }) };
}

function json(schema: Schema): Schema {
  return { 'application/json': { schema } };
}
