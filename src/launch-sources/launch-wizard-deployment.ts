import { serviceManaged } from './service-managed';

/** What it deploys stands in specifications of the workload, and not in properties. */
export const LAUNCH_WIZARD_DEPLOYMENT = serviceManaged({
  type: 'AWS::LaunchWizard::Deployment',
  name: 'Launch Wizard deployment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-launchwizard-deployment.html',
});
