import type { Gap, LaunchSourceType } from './launch-source';
import { placesAt } from './places';
import { hasFunction, isNoValue, isStruct, outcomesOf, type Struct } from '../private/json';

const OVERRIDES = ['RestoreMetadataOverrides'];

/** As AWS Backup spells it, which takes it in any case. */
const KEY = 'requireImdsV2';

const FIX = `take ${KEY} out of ${OVERRIDES[0]}, so that AWS Backup infers true`;

/** Restores instances that require tokens, because AWS Backup infers that, unless an override takes it back. */
export const BACKUP_RESTORE_TESTING: LaunchSourceType = {
  type: 'AWS::Backup::RestoreTestingSelection',
  name: 'restore test of instances',
  documentation: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html',
  reads: [['ProtectedResourceType'], OVERRIDES],
  gaps: gapsOf,
  launches: (properties, outcomes) => gapsOf(properties).length > 0
    && outcomes(properties.ProtectedResourceType).some((type) => typeof type !== 'string' || type === 'EC2'),
};

function gapsOf(properties: Struct): Gap[] {
  return placesAt(properties, OVERRIDES).flatMap(({ path, value }) => {
    if (!isStruct(value) || isNoValue(value)) return [];
    if (hasFunction(value)) return [undecided(path)];
    return Object.keys(value).filter((key) => key.toLowerCase() === KEY.toLowerCase())
      .flatMap((key) => outcomesOf(value[key]).flatMap((outcome) => gapOf([...path, key], outcome)));
  });
}

function gapOf(path: readonly string[], override: unknown): Gap[] {
  if (isNoValue(override) || String(override).toLowerCase() === 'true') return [];
  if (isStruct(override)) return [undecided(path)];
  return [{ path, settable: true, reason: 'it overrides that the instances it restores require tokens', fix: FIX }];
}

function undecided(path: readonly string[]): Gap {
  return { path, reason: `whether ${KEY} overrides that the instances it restores require tokens is known only at deployment`, fix: FIX };
}
