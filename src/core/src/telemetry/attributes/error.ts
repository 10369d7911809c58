import type { AttributeRow } from '../rows.ts';

export const ATTR_ERROR_TYPE: AttributeRow = {
  name: 'error.type',
  type: 'string',
  description: 'Class of the failure; absent on success',
  stability: 'stable',
};

export const ATTR_EXCEPTION_TYPE: AttributeRow = {
  name: 'exception.type',
  type: 'string',
  description: 'Class name of the thrown error',
  stability: 'stable',
};

export const ATTR_EXCEPTION_STACKTRACE: AttributeRow = {
  name: 'exception.stacktrace',
  type: 'string',
  description: 'Stack trace of the thrown error',
  stability: 'stable',
};

export const ERROR_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_EXCEPTION_STACKTRACE,
];
