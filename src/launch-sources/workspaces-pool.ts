import { serviceManaged } from './service-managed';

/** Desktops on instances of the service, to which their directory can give a role of the account. */
export const WORKSPACES_POOL = serviceManaged({
  type: 'AWS::WorkSpaces::WorkspacesPool',
  name: 'WorkSpaces pool',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-workspaces-workspacespool.html',
});
