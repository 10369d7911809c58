export const PACKAGE_NAME = '@telltale/instrumentation-runtime';
export const PACKAGE_VERSION = '0.1.0';
