import { judge } from '../../src/posture/judge';
import { TemplateWorld, type TemplateDocument } from '../../src/posture/template-world';
import type { Json } from '../support';

export const NO_VALUE = { Ref: 'AWS::NoValue' };
export const REQUIRED = { HttpTokens: 'required' };
export const OPTIONAL = { HttpTokens: 'optional' };
export const DISABLED = { HttpEndpoint: 'disabled' };

export const either = (yes: unknown, no: unknown, condition = 'C') => ({ 'Fn::If': [condition, yes, no] });
export const att = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });
export const instance = (options?: unknown, properties: Json = {}) => ({ Type: 'AWS::EC2::Instance', Properties: { MetadataOptions: options, ...properties } });
export const launchTemplate = (options?: unknown) => ({ Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { MetadataOptions: options } } });
export const group = (properties: Json) => ({ Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: properties });
export const latest = (LaunchTemplateId: unknown) => ({ LaunchTemplateId, Version: '$Latest' });
export const nestedStack = (Parameters?: unknown) => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'x', Parameters } });

/** An assembly of templates by id; `parent/Child` is nested in `parent` by its logical id `Child`. */
export function documentsOf(bodies: { [id: string]: unknown }): TemplateDocument[] {
  return Object.entries(bodies).map(([id, body]) => {
    const slash = id.lastIndexOf('/');
    return { id, body, stackName: id, nestedIn: slash < 0 ? undefined : { document: id.slice(0, slash), logicalId: id.slice(slash + 1) } };
  });
}

/** The judgement of the resource `R`, or another one, of the first template. */
export function judgementIn(bodies: { [id: string]: unknown }, logicalId = 'R', id = Object.keys(bodies)[0]) {
  const documents = documentsOf(bodies);
  const world = new TemplateWorld(documents);
  return judge(world.resourcesOf(documents.find((document) => document.id === id)!).get(logicalId)!, world);
}
