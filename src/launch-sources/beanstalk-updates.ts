import { optionIn } from './beanstalk-options';
import { DeployEffect, type SourceResource } from './launch-source';
import type { Json } from '../private/json';

const UPDATES = 'aws:autoscaling:updatepolicy:rollingupdate';
const ENVIRONMENT = 'aws:elasticbeanstalk:environment';

/**
 * What a change of launch options does to the environment: its own rolling or immutable updates, or everything at once.
 *
 * @param settings who says something, the one that counts first
 * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features.rollingupdates.html
 * @see https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/environmentmgmt-updates-immutable.html
 */
export function environmentEffect(settings: readonly SourceResource[]): DeployEffect {
  const isLoadBalanced = option(settings, ENVIRONMENT, 'EnvironmentType').every((one) => one === undefined || one === 'LoadBalanced');
  const enabled = option(settings, UPDATES, 'RollingUpdateEnabled').map((one) => one === undefined ? undefined : one === true || one === 'true');
  const isImmutable = option(settings, UPDATES, 'RollingUpdateType').every((one) => one === 'Immutable');
  // The page turns immutable updates on by their type alone.
  const rolls = enabled.every((one) => one ?? isImmutable);
  return isLoadBalanced && rolls ? DeployEffect.ROLLS_ENVIRONMENT : DeployEffect.TERMINATES_INSTANCES;
}

/** How to get there where a deployment can: rolling updates, which a single instance cannot have. */
export function easedByRollingUpdates(settings: readonly SourceResource[]): string | undefined {
  const isSingle = option(settings, ENVIRONMENT, 'EnvironmentType').every((one) => one === 'SingleInstance');
  return isSingle ? undefined
    : `turn on rolling updates in an earlier deployment (OptionSettings: [{ Namespace: ${UPDATES}, OptionName: RollingUpdateEnabled, Value: 'true' }]; `
      + 'whether they count in the deployment that brings them is not documented)';
}

/** What an option can be: where one leaves it open, the next decides. */
function option([first, ...others]: readonly SourceResource[], namespace: string, name: string): Json[] {
  return first === undefined ? [undefined]
    : optionIn(first.Properties, namespace, name).flatMap((one) => one === undefined ? option(others, namespace, name) : [one]);
}
