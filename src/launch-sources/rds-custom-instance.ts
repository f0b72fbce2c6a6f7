import { serviceManaged } from './service-managed';
import { isNoValue } from '../private/json';

/** An instance profile is required for RDS Custom, which runs on an EC2 instance in the account, and of no use elsewhere. */
export const RDS_CUSTOM_INSTANCE = serviceManaged({
  type: 'AWS::RDS::DBInstance',
  name: 'RDS Custom instance',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html',
  reads: [['CustomIAMInstanceProfile']],
  launches: ({ CustomIAMInstanceProfile: profile }, outcomes) => outcomes(profile).some((outcome) => outcome !== undefined && !isNoValue(outcome)),
});
