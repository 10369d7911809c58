import { jsonResponse, type ServerResponse } from '../../message.ts';
import { BadRequest } from '../json-body.ts';

/** Runs a handler; a bad request is answered as Alertmanager does, with a JSON text. */
export function answering(handle: () => ServerResponse): ServerResponse {
  try {
    return handle();
  } catch (error) {
    if (error instanceof BadRequest) return jsonResponse(400, error.message);
    throw error;
  }
}
