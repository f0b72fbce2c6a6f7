import type { LaunchSourceType } from './launch-source';

/** The settings with which a migration or recovery service makes a launch template for each source server, and launches from it. */
export function perServerTemplate(source: Pick<LaunchSourceType, 'type' | 'name' | 'documentation'>, launch: string): LaunchSourceType {
  return {
    reads: [],
    ...source,
    gaps: () => [{
      path: [],
      reason: 'the service makes a launch template for each source server itself, and no property sets its metadata options',
      fix: `require tokens in the launch template of each source server, and look at what a ${launch} gets, because whether it is taken from there is not documented`,
    }],
  };
}
