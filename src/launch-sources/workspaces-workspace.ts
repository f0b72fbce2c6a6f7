import { serviceManaged } from './service-managed';

/** A desktop on an instance of the service, to which its directory can give a role of the account. */
export const WORKSPACES_WORKSPACE = serviceManaged({
  type: 'AWS::WorkSpaces::Workspace',
  name: 'WorkSpace',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-workspaces-workspace.html',
});
