import { bundleFunctions } from '../projenrc/bundle-functions';

/** Constructs of the account room need the bundle of their functions; built once before any test, so that it is never stale. */
export default bundleFunctions;
