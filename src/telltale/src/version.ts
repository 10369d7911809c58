/** The same text as in package.json; a test compares them. */
export const PACKAGE_VERSION: string = '0.1.0';
