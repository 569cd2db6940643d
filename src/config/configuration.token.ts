/** Under which the parsed configuration is injected. */
export const CONFIGURATION = Symbol('configuration');
