import { condition, fail, pass, skip, undecided, type Condition, type ControlResult } from './control';
import { hasLaunchTemplateData } from './launch-template-data';
import { INSTANCE } from '../../launch-sources/instance';
import { LAUNCH_CONFIGURATION } from '../../launch-sources/launch-configuration';
import { LAUNCH_TEMPLATE } from '../../launch-sources/launch-template';
import { judge } from '../../posture/judge';
import { Posture, type Judgement } from '../../posture/posture';
import type { TemplateResource, TemplateWorld } from '../../posture/template-world';
import type { World } from '../../posture/world';
import { isStruct, type Json } from '../../private/json';
import { Rule } from '../../private/rules';
import type { CheckSubject } from '../rules/check-rule';

const UNDECIDED = 'a parameter, condition, dynamic reference or transform decides';
const ENDPOINT_IS_NOT_READ = 'Only HttpTokens is read: that a disabled endpoint passes without it is not documented.';

/** EC2.8 */
export const INSTANCE_TOKENS = condition({
  types: [INSTANCE.type],
  rule: Rule.TOKENS,
  passes: 'HttpTokens is required, by its own options or by the launch template it follows',
  fails: 'HttpTokens is optional or absent',
  skips: `${UNDECIDED}, or a launch template outside the templates or an earlier version of one does`,
  note: 'An absent HttpTokens fails: EC2 takes optional for it unless the account or the image says otherwise, which no template shows. '
    + ENDPOINT_IS_NOT_READ,
  evaluate: (subject) => resultOf(judgeTokensAlone(subject)),
});

/** EC2.170 */
export const LAUNCH_TEMPLATE_TOKENS = condition({
  types: [LAUNCH_TEMPLATE.type],
  rule: Rule.TOKENS,
  passes: 'HttpTokens is required',
  fails: 'HttpTokens is optional or absent',
  skips: UNDECIDED,
  note: 'Once deployed, the default version is looked at, and CloudFormation never moves that: an edit that passes here is a new version, '
    + `and the finding stays until the default version is moved to it. ${ENDPOINT_IS_NOT_READ}`,
  evaluate: (subject) => resultOf(judgeTokensAlone(subject)),
});

/** AutoScaling.3 */
export const LAUNCH_CONFIGURATION_TOKENS = condition({
  types: [LAUNCH_CONFIGURATION.type],
  rule: Rule.TOKENS,
  passes: 'HttpTokens is required',
  fails: 'HttpTokens is optional or absent',
  skips: UNDECIDED,
  note: ENDPOINT_IS_NOT_READ,
  evaluate: (subject) => resultOf(judgeTokensAlone(subject)),
});

const WHERE_ENABLED: Pick<Condition, 'passes' | 'fails' | 'note'> = {
  passes: 'HttpTokens is required',
  fails: 'HttpTokens is absent or anything but required',
  note: 'HttpEndpoint need not be set, and the hop limit is not read.',
};

/** CT.EC2.PR.1 */
export const LAUNCH_TEMPLATE_TOKENS_WHERE_ENABLED = condition({
  ...WHERE_ENABLED,
  types: [LAUNCH_TEMPLATE.type],
  rule: Rule.TOKENS,
  skips: `it has no LaunchTemplateData, HttpEndpoint is disabled, or ${UNDECIDED}`,
  evaluate: (subject) => hasLaunchTemplateData(subject) ? resultOf(subject.judgement) : skip('it has no LaunchTemplateData'),
});

/** CT.AUTOSCALING.PR.2 */
export const LAUNCH_CONFIGURATION_TOKENS_WHERE_ENABLED = condition({
  ...WHERE_ENABLED,
  types: [LAUNCH_CONFIGURATION.type],
  rule: Rule.TOKENS,
  skips: `HttpEndpoint is disabled, or ${UNDECIDED}`,
  evaluate: (subject) => resultOf(subject.judgement),
});

function resultOf(judgement: Judgement | undefined): ControlResult {
  switch (judgement?.posture) {
    case Posture.REQUIRED: return pass(judgement.reason);
    case Posture.OPTIONAL: return fail(judgement.reason);
    case Posture.CONDITIONAL:
    case Posture.EXTERNAL: return undecided(judgement);
    default: return skip('the metadata endpoint is disabled');
  }
}

/** The posture that would be if every endpoint were on. */
function judgeTokensAlone({ resource, world }: CheckSubject): Judgement | undefined {
  return judge(resource, withEndpointsOn(world));
}

function withEndpointsOn(world: TemplateWorld): World<TemplateResource> {
  return {
    read: (resource) => endpointsOn(world.read(resource)) as TemplateResource['body'],
    follow: (from, reference) => world.follow(from, reference),
    version: (from, reference) => world.version(from, reference),
    outcomes: (resource) => world.outcomes(resource),
  };
}

/** Enabled and not absent: a block that says something is not taken for one that leaves everything to a launch template. */
function endpointsOn(value: Json): Json {
  if (Array.isArray(value)) return value.map(endpointsOn);
  return isStruct(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, key === 'HttpEndpoint' ? 'enabled' : endpointsOn(member)]))
    : value;
}
