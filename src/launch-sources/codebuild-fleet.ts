import { serviceManaged } from './service-managed';

export const CODEBUILD_FLEET = serviceManaged({
  type: 'AWS::CodeBuild::Fleet',
  name: 'CodeBuild fleet',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codebuild-fleet.html',
});
