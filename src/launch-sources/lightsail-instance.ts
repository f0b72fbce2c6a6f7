import { serviceManaged } from './service-managed';

export const LIGHTSAIL_INSTANCE = serviceManaged({
  type: 'AWS::Lightsail::Instance',
  name: 'Lightsail instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lightsail-instance.html',
  userDataPaths: [['UserData']],
}, 'call UpdateInstanceMetadataOptions of the Lightsail API, as CloudFormation has no property for it');
