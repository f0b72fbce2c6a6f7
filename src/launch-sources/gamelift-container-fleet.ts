import { serviceManaged } from './service-managed';

export const GAMELIFT_CONTAINER_FLEET = serviceManaged({
  type: 'AWS::GameLift::ContainerFleet',
  name: 'GameLift container fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-gamelift-containerfleet.html',
});
