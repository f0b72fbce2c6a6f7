import { ec2, group, type Request } from './evaluate';

/** Everything that EC2 authorizes a launch against. */
const LAUNCHED = ['instance/i-1', 'image/ami-1', 'subnet/subnet-1', 'network-interface/eni-1', 'security-group/sg-1', 'volume/vol-1'].map(ec2);

/** `RunInstances` with these keys on the instance. */
export function launch(keys: Request['keys'] = {}, from: readonly string[] = []): Request {
  return { action: 'ec2:RunInstances', on: [...LAUNCHED, ...from.map(ec2)], keys };
}

export const tokens = (value: string, hops?: number) => ({ 'ec2:MetadataHttpTokens': value, ...hops && { 'ec2:MetadataHttpPutResponseHopLimit': String(hops) } });

/** `ModifyInstanceMetadataOptions` of what is named; the instance itself is as it was before. */
export function modify(named: { readonly [attribute: string]: string }, before: Request['keys'] = tokens('required', 2)): Request {
  const attributes = Object.entries(named).map(([name, value]) => [`ec2:Attribute/${name}`, value]);
  return { action: 'ec2:ModifyInstanceMetadataOptions', on: [ec2('instance/i-1')], keys: { ...before, ...Object.fromEntries(attributes) } };
}

export const modifyDefaults = (value: string): Request => ({ action: 'ec2:ModifyInstanceMetadataDefaults', on: ['*'], keys: { 'ec2:Attribute/HttpTokens': value } });

export const tag = (action: 'CreateTags' | 'DeleteTags', keys: string[], resource = 'instance/i-1'): Request =>
  ({ action: `ec2:${action}`, on: [ec2(resource)], keys: { 'aws:TagKeys': keys } });

/** Removes every tag of a resource that has these. */
export const untagAll = (...has: string[]): Request =>
  ({ action: 'ec2:DeleteTags', on: [ec2('instance/i-1')], keys: Object.fromEntries(has.map((key) => [`aws:ResourceTag/${key}`, '2027-03-31'])) });

export const onGroup = (action: string, keys: Request['keys'] = {}): Request => ({ action: `autoscaling:${action}`, on: [group('web')], keys });

export const createConfiguration = (keys: Request['keys'] = {}): Request =>
  ({ action: 'autoscaling:CreateLaunchConfiguration', on: ['arn:aws:autoscaling:eu-west-1:111111111111:launchConfiguration:*:launchConfigurationName/web'], keys });
