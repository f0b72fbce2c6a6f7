import { Duration, Lazy, Token } from 'aws-cdk-lib';
import { FleetGroups } from '../../src';

describe('groups', () => {
  test.each<[string, FleetGroups, object]>([
    ['in place', FleetGroups.inPlace(), { mode: 'in-place' }],
    ['by default of a refresh', FleetGroups.instanceRefresh(), { mode: 'instance-refresh', minHealthyPercentage: 90 }],
    [
      'with every option', FleetGroups.instanceRefresh({ minHealthyPercentage: 0, instanceWarmup: Duration.minutes(5), alarms: ['a', 'b'] }),
      { mode: 'instance-refresh', minHealthyPercentage: 0, instanceWarmupSeconds: 300, alarms: ['a', 'b'] },
    ],
    [
      'without a warm-up, at full health', FleetGroups.instanceRefresh({ minHealthyPercentage: 100, instanceWarmup: Duration.seconds(0), alarms: [] }),
      { mode: 'instance-refresh', minHealthyPercentage: 100, instanceWarmupSeconds: 0 },
    ],
  ])('%s', (_, groups, settings) => expect(groups._settings).toEqual(settings));

  const token = Token.asNumber(Lazy.any({ produce: () => 1 }));
  test.each<[string, () => unknown, string]>([
    ['a percentage above 100', () => FleetGroups.instanceRefresh({ minHealthyPercentage: 101 }), 'the minHealthyPercentage is out of range: got 101, expected a whole number from 0 to 100'],
    ['one below 0', () => FleetGroups.instanceRefresh({ minHealthyPercentage: -1 }), 'got -1, expected a whole number'],
    ['half a percent', () => FleetGroups.instanceRefresh({ minHealthyPercentage: 0.5 }), 'got 0.5, expected a whole number'],
    ['part of a second', () => FleetGroups.instanceRefresh({ instanceWarmup: Duration.millis(1500) }), 'the instanceWarmup is no time in seconds: got'],
    ['a token', () => FleetGroups.instanceRefresh({ instanceWarmup: Duration.seconds(token) }), 'got a token, expected whole seconds, as in Duration.minutes(5)'],
    ['an alarm without a name', () => FleetGroups.instanceRefresh({ alarms: ['a', ''] }), 'an alarm has no name: got an empty string'],
    ['an alarm that is named twice', () => FleetGroups.instanceRefresh({ alarms: ['a', 'b', 'a'] }), 'an alarm is named twice: got a again'],
    ['eleven alarms', () => FleetGroups.instanceRefresh({ alarms: [...'abcdefghijk'] }), 'an instance refresh watches too many alarms: got 11, expected at most 10'],
  ])('refuse %s', (_, make, message) => expect(make).toThrow(message));
});
