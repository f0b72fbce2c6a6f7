import { DeployEffect, type LaunchSourceType } from './launch-source';
import { launchTemplateReferences } from './launch-template-reference';
import { isStruct, valueAt } from '../private/json';

/** Batch jobs are containers, so its launch templates are container hosts'. */
export const BATCH_COMPUTE_ENVIRONMENT: LaunchSourceType = {
  type: 'AWS::Batch::ComputeEnvironment',
  name: 'Batch compute environment',
  documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html',
  judged: false,
  reads: [['ComputeResources', 'LaunchTemplate']],
  onNewVersion: () => DeployEffect.RENEWS_NODES,
  references: (properties) => {
    const path = ['ComputeResources', 'LaunchTemplate'];
    const template = valueAt(properties, path);
    const overrides = valueAt(template, ['Overrides']);
    return [
      ...launchTemplateReferences(template, path),
      ...(Array.isArray(overrides) ? overrides : []).flatMap((override, i) =>
        isStruct(override) ? launchTemplateReferences(override, [...path, 'Overrides', String(i)]) : []),
    ];
  },
  containerHost: 'used by a Batch compute environment',
};
