import { bundleAll } from '../projenrc/bundle-functions';

/** Constructs of some rooms need the bundle of their functions; built once before any test, so that none is ever stale. */
export default bundleAll;
