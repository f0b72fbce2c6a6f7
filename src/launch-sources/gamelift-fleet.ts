import { serviceManaged } from './service-managed';

/** Launches nothing where it only registers machines that are elsewhere. */
export const GAMELIFT_FLEET = serviceManaged({
  type: 'AWS::GameLift::Fleet',
  name: 'GameLift fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-gamelift-fleet.html',
  reads: [['ComputeType']],
  launches: (properties, outcomes) => outcomes(properties.ComputeType).some((type) => type !== 'ANYWHERE'),
});
