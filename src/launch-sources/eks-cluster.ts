import type { LaunchSourceType } from './launch-source';
import { placesAt } from './places';
import { isNoValue, isStruct } from '../private/json';

/** Launches instances itself only in Auto Mode, which requires tokens; else its node groups do. */
export const EKS_CLUSTER: LaunchSourceType = {
  type: 'AWS::EKS::Cluster',
  name: 'EKS cluster in Auto Mode',
  documentation: 'https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html',
  reads: [['ComputeConfig', 'Enabled']],
  requiredBySilence: () => 'EKS Auto Mode enforces tokens with a hop limit of 1, and nobody can change that',
  launches: (properties, outcomes) => placesAt(properties, ['ComputeConfig', 'Enabled']).flatMap(({ value }) => outcomes(value))
    .some((enabled) => enabled === true || enabled === 'true' || (isStruct(enabled) && !isNoValue(enabled))),
};
