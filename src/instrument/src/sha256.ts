import { createHash } from 'node:crypto';

/** SHA-256 of a text in hex: what names a baseline by its content. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
