export const PACKAGE_NAME = '@telltale/instrumentation-gpu';
export const PACKAGE_VERSION = '0.1.0';
