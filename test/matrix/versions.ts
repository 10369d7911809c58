/** What users have: exact, so that two runs of the matrix mean the same. */
export const NODE_VERSIONS = ['22.15.0', '22.23.3', '24.21.0', '26.10.0'] as const;
export const MAIN_NODE = '24.21.0';
export const ORT_VERSION = '1.30.0';
export const OLD_ORT_VERSIONS = ['1.17.3', '1.21.1'] as const;
export const TRANSFORMERS_VERSION = '4.3.1';
export const AUTO_INSTRUMENTATIONS_VERSION = '0.82.0';
export const API_VERSION = '1.10.0';
