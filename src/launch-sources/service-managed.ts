import type { LaunchSourceType } from './launch-source';

/** A type whose instances a service launches and sets up by itself: it is reported, because no property says anything about tokens. */
export function serviceManaged(source: Pick<LaunchSourceType, 'type' | 'name' | 'documentation' | 'launches'> & Partial<Pick<LaunchSourceType, 'reads' | 'userDataPaths'>>, fix?: string): LaunchSourceType {
  return {
    reads: [],
    ...source,
    gaps: () => [{
      path: [],
      reason: 'the service sets up its instances itself, whether they ask for tokens is not documented, and no property sets it',
      fix: fix ?? 'ask the provider of the service, or run what must be proven on instances of your own',
    }],
  };
}
