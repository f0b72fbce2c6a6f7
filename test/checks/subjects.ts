import { checkTemplate, type CheckedSource } from '../../src/checks/template-checks';
import { TemplateWorld, type TemplateDocument } from '../../src/posture/template-world';

export interface Resources { readonly [logicalId: string]: unknown }

/** The launch source `R` of a template, as the checks read it; `Parameters` and other templates stand beside it. */
export function checked(Resources: Resources, Parameters: unknown = {}, ...others: readonly TemplateDocument[]): CheckedSource {
  const document: TemplateDocument = { id: 'a', body: { Parameters, Resources } };
  return checkTemplate(document, new TemplateWorld([document, ...others])).find(({ resource }) => resource.logicalId === 'R')!;
}

export const either = (yes: unknown, no: unknown) => ({ 'Fn::If': ['C', yes, no] });
export const NO_VALUE = { Ref: 'AWS::NoValue' };

export const REQUIRED = { HttpTokens: 'required' };
export const OPTIONAL = { HttpTokens: 'optional' };
export const DISABLED = { HttpEndpoint: 'disabled' };

export const instance = (MetadataOptions?: unknown, more: object = {}) => ({ Type: 'AWS::EC2::Instance', Properties: { MetadataOptions, ...more } });
export const template = (MetadataOptions?: unknown, more: object = {}) =>
  ({ Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions, ...more } } });
export const configuration = (MetadataOptions?: unknown, more: object = {}) =>
  ({ Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: { MetadataOptions, ...more } });
export const group = (Properties: unknown) => ({ Type: 'AWS::AutoScaling::AutoScalingGroup', Properties });

/** The newest version of a launch template of the same CloudFormation template. */
export const latest = (logicalId: string) =>
  ({ LaunchTemplateId: { Ref: logicalId }, Version: { 'Fn::GetAtt': [logicalId, 'LatestVersionNumber'] } });
/** A launch template that no template shows. */
export const ELSEWHERE = { LaunchTemplateId: 'lt-1', Version: '3' };
export const policyOf = (LaunchTemplateSpecification: unknown) => ({ LaunchTemplate: { LaunchTemplateSpecification } });
