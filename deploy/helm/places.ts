import { join } from 'node:path';

export const ROOT: string = join(import.meta.dirname, '../..');
export const CHART: string = join(import.meta.dirname, 'telltale');
