import type { LaunchSourceType } from './launch-source';
import { placesAt } from './places';
import { isNoValue, isStruct } from '../private/json';

/** Launches instances itself only in Auto Mode; else its node groups do. */
export const EKS_CLUSTER: LaunchSourceType = {
  type: 'AWS::EKS::Cluster',
  name: 'EKS cluster in Auto Mode',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-eks-cluster.html',
  reads: [['ComputeConfig', 'Enabled']],
  gaps: () => [{
    path: ['ComputeConfig'],
    reason: 'Auto Mode launches its nodes itself, and no property sets their metadata options',
    fix: 'use node groups with a launch template that says HttpTokens: required where that must be proven',
  }],
  launches: (properties, outcomes) => placesAt(properties, ['ComputeConfig', 'Enabled']).flatMap(({ value }) => outcomes(value))
    .some((enabled) => enabled === true || enabled === 'true' || (isStruct(enabled) && !isNoValue(enabled))),
};
