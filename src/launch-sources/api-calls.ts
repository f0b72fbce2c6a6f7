import { EC2_FLEET } from './ec2-fleet';
import type { EmbeddedLaunch } from './embedded';
import { lineOf } from './in-words';
import { INSTANCE } from './instance';
import { LAUNCH_CONFIGURATION } from './launch-configuration';
import type { Gap, LaunchSourceType, Part, SourceReference } from './launch-source';
import { LAUNCH_TEMPLATE } from './launch-template';
import { launchTemplateReferences } from './launch-template-reference';
import { blockPlaces } from './metadata-options';
import { SPOT_FLEET } from './spot-fleet';
import { hasFunction, isStruct, outcomesOf, type Json, type Struct } from '../private/json';

/** A call of the AWS API, as a text of a template writes it. */
export interface ApiCall {
  /** Such as `EC2`, `ec2` or `@aws-sdk/client-ec2`. */
  readonly service: string;
  /** Such as `runInstances` or `RunInstancesCommand`. */
  readonly action: string;
  readonly parameters: Json;
  /** Where the parameters stand below the properties. */
  readonly path: readonly string[];
}

interface Action {
  readonly service: 'ec2' | 'autoscaling';
  /** The line to write in its parameters, or what to do where there is none. */
  readonly line: string;
  parts(parameters: Struct): readonly Part[];
  gaps?(parameters: Struct): readonly Gap[];
}

const FROM_TEMPLATES = 'launch from launch templates that say HttpTokens: required';

/** Actions that launch instances, or decide about the metadata options of some. */
const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['runinstances', like(INSTANCE, 'ec2')],
  ['createlaunchtemplate', like(LAUNCH_TEMPLATE, 'ec2')],
  ['createlaunchtemplateversion', { ...like(LAUNCH_TEMPLATE, 'ec2'), parts: partsOfVersion }],
  ['createlaunchconfiguration', like(LAUNCH_CONFIGURATION, 'autoscaling')],
  ['createfleet', { service: 'ec2', parts: (parameters) => EC2_FLEET.parts!(parameters, outcomesOf), line: FROM_TEMPLATES }],
  ['requestspotfleet', {
    service: 'ec2',
    parts: (parameters) => SPOT_FLEET.references!(parameters)
      .map((reference) => ({ options: { path: reference.path, value: undefined }, references: [reference] })),
    gaps: (parameters) => SPOT_FLEET.gaps!(parameters),
    line: FROM_TEMPLATES,
  }],
  ['requestspotinstances', {
    service: 'ec2',
    parts: () => [],
    gaps: () => [{
      path: [],
      reason: 'the action RequestSpotInstances has no parameter for metadata options',
      fix: 'call RunInstances with InstanceMarketOptions: { MarketType: spot } and MetadataOptions: { HttpTokens: required } instead',
    }],
    line: FROM_TEMPLATES,
  }],
  ['modifyinstancemetadataoptions', { service: 'ec2', parts: partsOfChange, line: 'write HttpTokens: required' }],
  ['modifyinstancemetadatadefaults', { service: 'ec2', parts: partsOfChange, line: 'write HttpTokens: required' }],
]);

/** What stands in every text that calls one of them. */
export const CALL_SIGN = /runInstances|createLaunchTemplate|createLaunchConfiguration|createFleet|requestSpot|modifyInstanceMetadata/i;

/** What a call launches; nothing, where its action launches nothing. */
export function launchesOf({ service, action, parameters, path }: ApiCall): EmbeddedLaunch[] {
  const known = ACTIONS.get(action.replace(/Command$/, '').toLowerCase());
  if (known?.service !== service.replace(/^@aws-sdk\/client-/, '').replace(/\W/g, '').toLowerCase()) return [];
  const given = isStruct(parameters) ? parameters : parameters === undefined ? {} : UNKNOWN;
  const parts = known.parts(given).map(({ options, references, taken }): Part => ({
    ...taken && { taken: { ...taken, decidedAt: [...path, ...taken.decidedAt] } },
    options: { ...options, path: [...path, ...options.path] },
    references: references.map((reference): SourceReference => ({ ...reference, path: [...path, ...reference.path] })),
  }));
  const gaps = (known.gaps?.(given) ?? []).map((gap) => ({ ...gap, path: [...path, ...gap.path] }));
  if (parts.length + gaps.length === 0) return [];
  return [{ parts, gaps, fix: `${known.line} in the parameters of ${action} (Properties.${path.join('.')}); RequireImdsv2 edits no call` }];
}

/** Stands for what is known only when the call is made. */
export const UNKNOWN: Struct = { 'Fn::Input': 'at the time of the call' };

/** An action whose parameters are spelled as the properties of a type are. */
function like(source: LaunchSourceType, service: Action['service']): Action {
  return {
    service,
    parts: (parameters) => blockPlaces(parameters, source.optionsPath!)
      .map((options) => ({ options, references: source.references?.(parameters) ?? [] })),
    line: `write ${lineOf(source)}`,
  };
}

/**
 * What a new version does not say it has from the version that it is made of, if it names one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
 */
function partsOfVersion(parameters: Struct): Part[] {
  const references = parameters.SourceVersion === undefined ? [] : launchTemplateReferences(parameters, [], { version: 'SourceVersion' });
  return blockPlaces(parameters, LAUNCH_TEMPLATE.optionsPath!).map((options) => ({ options, references }));
}

/** A change of running instances, or of an account's defaults, that says nothing about tokens leaves them as they are. */
function partsOfChange(parameters: Struct): Part[] {
  const { HttpTokens: tokens } = parameters;
  const isLeft = !hasFunction(parameters) && (tokens === undefined || tokens === 'no-preference');
  return isLeft ? [] : [{ options: { path: [], value: parameters }, references: [] }];
}
