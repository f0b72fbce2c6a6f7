import { DAY, error, FakeFleet, instance, NOW, RUN } from './fake-fleet';
import { begin, type BeginEvent } from '../../src/fleet/begin.lambda';
import { change, type ChangeEvent } from '../../src/fleet/change.lambda';
import { checkWayBack } from '../../src/fleet/check-way-back.lambda';
import { changeSources, restoreSources } from '../../src/fleet/functions.lambda';
import { judgeWave, judgeWayBack } from '../../src/fleet/judge.lambda';
import { restore, type RestoreEvent } from '../../src/fleet/restore.lambda';
import { watch } from '../../src/fleet/watch.lambda';

jest.setTimeout(60_000);

const ACCOUNT = '111111111111';
const PLACE = `${ACCOUNT}/eu-west-1`;
const TARGET = { account: ACCOUNT, region: 'eu-west-1', role: `arn:aws:iam::${ACCOUNT}:role/c`, reader: `arn:aws:iam::${ACCOUNT}:role/r`, waves: [1], instances: 1 };
const EXECUTION = 'arn:aws:states:us-east-1:1:execution:fleet:run';
const CHANGING = { ...RUN, executionArn: EXECUTION, changesPerSecond: 100_000 };
const WAVE = { number: 1, of: 2, instances: 1, targetsKey: 'runs/run/waves/01/targets.json' };

let fleet: FakeFleet;
beforeEach(() => {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'x' });
  fleet = new FakeFleet();
  fleet.objects.set('lock.json', JSON.stringify({ execution: EXECUTION }));
});

const put = (name: string, body: unknown) => fleet.objects.set(`runs/run/${name}`, JSON.stringify(body));
const at = (...instances: any[]) => {
  fleet.places[PLACE] = { ...fleet.places[PLACE], instances };
  put(`waves/01/${PLACE}.json`, instances.map(({ InstanceId }) => ({ instance: InstanceId })));
  put('waves/01/targets.json', [TARGET]);
  put('waves/02/targets.json', [{ ...TARGET, waves: [2], instances: 7 }]);
  put('change-targets.json', [TARGET, { ...TARGET, region: 'us-west-2', waves: [] }]);
};
const options = () => fleet.places[PLACE].instances!.map(({ MetadataOptions }) => MetadataOptions);
const modifications = () => fleet.calls.filter(({ operation }) => operation === 'ModifyInstanceMetadataOptions');
const records = () => fleet.lines(/changes\/01\/.*\/\d+\.jsonl$/);

async function changed(timeLeft = () => 900_000): Promise<void> {
  let event: ChangeEvent & { done?: boolean } = { bucket: 'reports', run: CHANGING, target: TARGET, wave: WAVE, approval: { approver: 'ana' } };
  do event = await change(JSON.parse(JSON.stringify(event)), timeLeft); while (!event.done);
}

async function restored(from = 'run', timeLeft = () => 900_000): Promise<void> {
  let event: RestoreEvent & { done?: boolean } = { bucket: 'reports', run: CHANGING, from, target: TARGET };
  do event = await restore(JSON.parse(JSON.stringify(event)), timeLeft); while (!event.done);
}

describe('a change', () => {
  test('asks for tokens and nothing else, with the role that may, and writes down what was before it', async () => {
    at(instance('i-1', { MetadataOptions: { HttpPutResponseHopLimit: 3, HttpProtocolIpv6: 'enabled', InstanceMetadataTags: 'enabled' } }));
    await changed();
    expect(modifications().map(({ input, account, region }) => [input, account, region])).toEqual([[{ InstanceId: 'i-1', HttpTokens: 'required', HttpPutResponseHopLimit: undefined, HttpEndpoint: 'enabled' }, ACCOUNT, 'eu-west-1']]);
    expect(fleet.calls.find(({ operation }) => operation === 'AssumeRole')!.input.RoleArn).toBe(TARGET.role);
    expect(fleet.calls.find(({ operation }) => operation === 'DescribeInstances')!.input).toEqual({ Filters: [{ Name: 'instance-id', Values: ['i-1'] }], MaxResults: 1000 });
    const common = { account: ACCOUNT, region: 'eu-west-1', instance: 'i-1', run: 'run', wave: 1, approver: 'ana' };
    const [before, after] = [{ tokens: 'optional', hopLimit: 3, endpoint: 'enabled' }, { tokens: 'required', hopLimit: 3, endpoint: 'enabled' }];
    expect(fleet.lines(/before\.jsonl$/)).toEqual([{ ...common, before, after, time: expect.stringMatching(/^\d{4}-.*Z$/) }]);
    expect(records()).toEqual([{ ...common, before, after, time: expect.stringMatching(/^\d{4}-.*Z$/), outcome: 'changed', applied: true }]);
    const names = fleet.calls.filter(({ operation }) => ['s3:PutObject', 'ModifyInstanceMetadataOptions'].includes(operation)).map(({ input: { Key, InstanceId } }) => Key?.split('/').pop() ?? InstanceId);
    expect(names).toEqual(['00000.before.jsonl', 'i-1', '00000.csv', '00000.jsonl']);
    const types = fleet.calls.filter(({ operation }) => operation === 's3:PutObject').map(({ input }) => input.ContentType);
    expect(types).toEqual(['application/x-ndjson', 'text/csv', 'application/x-ndjson']);
  });

  test('that has its record is not made again, whatever became of the instance since', async () => {
    at(instance('i-1'));
    await changed();
    options()[0].HttpTokens = 'optional';
    const before = new Map(fleet.objects);
    await changed();
    expect([options()[0].HttpTokens, modifications().length]).toEqual(['optional', 1]);
    expect(fleet.objects).toEqual(before);
  });

  test.each<[string, any, string]>([
    ['requires tokens already', instance('i-1', { MetadataOptions: { HttpTokens: 'required' } }), 'already'],
    ['has been exempted since', instance('i-1', { tags: { 'imdsv2:exempt-until': '2099-01-01' } }), 'exempt'],
    ['is exempt until today', instance('i-1', { tags: { 'imdsv2:exempt-until': new Date().toISOString().slice(0, 10) } }), 'exempt'],
    ['was switched off since', instance('i-1', { MetadataOptions: { HttpEndpoint: 'disabled' } }), 'endpoint-disabled'],
    ['is on its way out', instance('i-1', { State: { Name: 'shutting-down' } }), 'gone'],
    ['was terminated', instance('i-1', { State: { Name: 'terminated' } }), 'gone'],
  ])('leaves alone what %s', async (_, one, outcome) => {
    at(one);
    await changed();
    expect(modifications()).toEqual([]);
    const { HttpTokens: tokens, HttpEndpoint: endpoint } = options()[0];
    const found = { account: ACCOUNT, region: 'eu-west-1', instance: 'i-1', run: 'run', wave: 1, approver: 'ana', ...outcome !== 'gone' && { before: { tokens, hopLimit: 1, endpoint } } };
    expect(fleet.lines(/before\.jsonl$/)).toEqual([{ ...found, time: expect.any(String), left: outcome }]);
    expect(records()).toEqual([{ ...found, time: expect.any(String), outcome, ...outcome === 'already' && { applied: true } }]);
    await restored();
    expect(modifications()).toEqual([]);
  });

  test('leaves alone what is of a group that has been exempted since', async () => {
    at(...['g', 'h'].map((group) => instance(`i-${group}`, { tags: { 'aws:autoscaling:groupName': group } })));
    const Tags = [{ Key: 'imdsv2:exempt-until', Value: '2099-01-01' }];
    Object.assign(fleet.places[PLACE], { groups: [{ AutoScalingGroupName: 'g', Tags }, { AutoScalingGroupName: 'h' }] });
    await changed();
    expect(records().map(({ instance: id, outcome }) => [id, outcome])).toEqual([['i-g', 'exempt'], ['i-h', 'changed']]);
  });

  test('leaves alone what is gone, and an exemption that has ended exempts nothing', async () => {
    at(instance('i-1', { tags: { 'imdsv2:exempt-until': '2020-01-01' } }), instance('i-2'));
    fleet.places[PLACE] = { instances: fleet.places[PLACE].instances!.slice(0, 1) };
    await changed();
    expect(records().map((record) => [record.instance, record.outcome])).toEqual([['i-1', 'changed'], ['i-2', 'gone']]);
  });

  test('leaves alone what called without a token after the inventory, which may be weeks ago, and says how often', async () => {
    const startedAt = Date.now() - 40 * DAY;
    const run = { ...CHANGING, startedAt: new Date(startedAt).toISOString() };
    at(...['since', 'late', 'before', 'quiet'].map((id) => instance(`i-${id}`)), instance('i-told', { MetadataOptions: { HttpTokens: 'required' } }));
    for (const id of ['since', 'told']) fleet.metrics.set(`i-${id}`, new Map([[startedAt + DAY, 2], [startedAt + 9 * DAY, 0], [Date.now() - 1, 1]]));
    // A point comes late, and the inventory has judged what came long before it.
    fleet.metrics.set('i-late', new Map([[startedAt - 60_000, 1]]));
    fleet.metrics.set('i-before', new Map([[startedAt - 3 * 60 * 60 * 1000, 1]]));
    fleet.metrics.set('i-quiet', new Map([[startedAt + DAY, 0]]));
    await change({ bucket: 'reports', run, target: TARGET, wave: WAVE, approval: { approver: 'ana' } }, () => 900_000);
    const left = 'calls without a token after the inventory: ';
    expect(records().map(({ instance: id, outcome, reason }) => [id, outcome, reason])).toEqual([
      ['i-since', 'not-ready', `${left}3`], ['i-late', 'not-ready', `${left}1`], ['i-before', 'changed', undefined], ['i-quiet', 'changed', undefined], ['i-told', 'already', undefined],
    ]);
    expect(modifications().map(({ input }) => input.InstanceId)).toEqual(['i-before', 'i-quiet']);
    expect(fleet.lines(/before\.jsonl$/)[0]).toMatchObject({ instance: 'i-since', left: 'not-ready', reason: `${left}3`, before: { tokens: 'optional' } });
    expect(fleet.lines(/before\.jsonl$/)[0]).not.toHaveProperty('after');
    // By whole hours, which are kept when finer points are forgotten.
    const { StartTime, MetricDataQueries: [{ MetricStat }] } = fleet.calls.find(({ operation }) => operation === 'GetMetricData')!.input;
    expect([StartTime.getTime() % (60 * 60 * 1000), MetricStat.Period, MetricStat.Metric.MetricName]).toEqual([0, 3600, 'MetadataNoToken']);
    await restored();
    expect(options().map(({ HttpTokens }: any) => HttpTokens)).toEqual(['optional', 'optional', 'optional', 'optional', 'required']);
  });

  test('of which it cannot be read who has called since is made of none', async () => {
    at(instance('i-1'));
    fleet.fault = ({ operation }) => (operation === 'GetMetricData' ? error('AccessDenied', 'not authorized to perform: cloudwatch:GetMetricData') : undefined);
    await expect(changed()).rejects.toThrow('cloudwatch:GetMetricData');
    expect(modifications()).toEqual([]);
  });

  test('takes the endpoint for enabled of which EC2 says nothing', async () => {
    at(instance('i-1', { MetadataOptions: { HttpEndpoint: undefined } }));
    await changed();
    expect(records()[0].before).toEqual({ tokens: 'optional', hopLimit: 1, endpoint: 'enabled' });
    expect(modifications()[0].input.HttpEndpoint).toBe('enabled');
  });

  test.each([
    ['raised to two', { hopLimit: 2 }, 1, 2], ['raised to two, and is three by now', { hopLimit: 2 }, 3, 3],
    ['lowered to two', { hopLimit: 2, lowers: true }, 3, 2], ['lowered to two, and is one by now', { hopLimit: 2, lowers: true }, 1, 1],
  ])('of a hop limit that was to be %s', async (_, item, now, limit) => {
    at(instance('i-1', { MetadataOptions: { HttpPutResponseHopLimit: now } }));
    put(`waves/01/${PLACE}.json`, [{ instance: 'i-1', ...item }]);
    await changed();
    expect(options()[0]).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: limit });
  });

  test('gives the hop limit that was planned', async () => {
    at(instance('i-1'));
    put(`waves/01/${PLACE}.json`, [{ instance: 'i-1', hopLimit: 2 }]);
    await changed();
    expect(options()[0]).toEqual(expect.objectContaining({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 }));
    await restored();
    expect(options()[0]).toEqual(expect.objectContaining({ HttpTokens: 'optional', HttpPutResponseHopLimit: 1 }));
  });

  test('that is refused is recorded with the reason, and the others are made', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-3'));
    fleet.fault = ({ operation, input }) => operation === 'ModifyInstanceMetadataOptions' && input.InstanceId !== 'i-3'
      ? error(input.InstanceId === 'i-1' ? 'UnauthorizedOperation' : 'InvalidInstanceID.NotFound', 'no') : undefined;
    await changed();
    expect(records().map(({ outcome, reason }) => [outcome, reason])).toEqual([['failed', 'no (UnauthorizedOperation)'], ['gone', 'no (InvalidInstanceID.NotFound)'], ['changed', undefined]]);
  });

  test('whose answer was lost is one, and has a way back', async () => {
    at(instance('i-1'), instance('i-2'));
    fleet.lost = ({ operation, input }) => operation === 'ModifyInstanceMetadataOptions' && input.InstanceId === 'i-1' ? error('RequestLimitExceeded') : undefined;
    await changed();
    fleet.lost = undefined;
    expect(records().map(({ outcome, reason, applied }) => [outcome, reason, applied])).toEqual([['changed', undefined, true], ['changed', undefined, true]]);
    await restored();
    expect(options().map(({ HttpTokens }: any) => HttpTokens)).toEqual(['optional', 'optional']);
  });

  test('goes on after a call that died, and leaves alone what was switched off or exempted, has called or is gone since', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-4'), instance('i-5'), instance('i-3'));
    fleet.fault = ({ operation, input }) => (operation === 's3:PutObject' && /00000\.csv$/.test(input.Key) ? error('Died') : undefined);
    await expect(changed()).rejects.toThrow();
    Object.assign(options()[1], { HttpTokens: 'optional', HttpEndpoint: 'disabled' });
    Object.assign(fleet.places[PLACE].instances![2], instance('i-4', { tags: { 'imdsv2:exempt-until': '2099-01-01' } }));
    options()[3].HttpTokens = 'optional';
    // One that was changed before it died stays so.
    for (const id of ['i-1', 'i-5']) fleet.metrics.set(id, new Map([[Date.now() - 1, 4]]));
    fleet.places[PLACE].instances!.pop();
    fleet.fault = undefined;
    await new Promise((wake) => setTimeout(wake, 2));
    await changed();
    expect(records().map(({ outcome }) => outcome)).toEqual(['changed', 'endpoint-disabled', 'exempt', 'not-ready', 'gone']);
    expect(records()[3].reason).toBe('calls without a token after the inventory: 4');
    expect(modifications()).toHaveLength(5);
    expect(options()[1].HttpEndpoint).toBe('disabled');
  });

  describe('waits', () => {
    const waits: number[] = [];
    beforeEach(() => {
      waits.length = 0;
      jest.spyOn(global, 'setTimeout').mockImplementation(((wake: () => void, milliseconds: number) => void (milliseconds > 1 && waits.push(milliseconds), setImmediate(wake))) as any);
    });
    afterEach(() => jest.restoreAllMocks());
    const pending = (Name: string, rest: object = {}) => instance('i-1', { State: { Name }, MetadataOptions: { State: 'pending', ...rest } });
    const onLooking = (act: (looked: number) => void) => {
      let looked = 0;
      fleet.fault = ({ operation }) => void (operation === 'DescribeInstances' && modifications().length > 0 && act(looked++));
    };

    test('on the way back, too, though a minute at most', async () => {
      at(instance('i-1'));
      await changed();
      options()[0].State = 'pending';
      await restored();
      expect(waits).toEqual(Array(20).fill(3000));
      expect(fleet.lines(/restored\/01\/.*jsonl$/)).toEqual([expect.objectContaining({ outcome: 'restored', applied: false })]);
    });

    test('on the way back not for one that is stopped, and says so', async () => {
      at(pending('stopped'));
      await changed();
      await restored();
      expect(waits).toEqual([]);
      expect(fleet.lines(/restored\/01\/.*jsonl$/)).toEqual([expect.objectContaining({ outcome: 'restored', applied: false, stopped: true })]);
    });

    test('so that it makes no more changes a second than it may, and so does the way back', async () => {
      at(instance('i-1'), instance('i-2'), instance('i-3'));
      const paced = { bucket: 'reports', run: { ...CHANGING, changesPerSecond: 2 }, target: TARGET };
      await change({ ...paced, wave: WAVE, approval: { approver: 'ana' } }, () => 900_000);
      await restore({ ...paced, from: 'run' }, () => 900_000);
      expect(waits.map((wait) => Math.ceil(wait / 500))).toEqual([1, 2, 1, 2]);
    });

    test.each([1 / 300, 1 / 60, 0.5, 3])('and however slow that is, a call ends in its time: %f a second', async (changesPerSecond) => {
      const ids = Array.from({ length: 210 }, (_, i) => `i-${i}`);
      at(...ids.map((id) => instance(id)));
      let now = Date.now();
      jest.spyOn(Date, 'now').mockImplementation(() => now);
      jest.spyOn(global, 'setTimeout').mockImplementation(((wake: () => void, milliseconds: number) => void (now += milliseconds, setImmediate(wake))) as any);
      let event: ChangeEvent & { done?: boolean } = { bucket: 'reports', run: { ...CHANGING, changesPerSecond }, target: TARGET, wave: WAVE, approval: { approver: 'ana' } };
      for (let calls = 0; !event.done; calls++) {
        const end = now + 900_000;
        event = await change(event, () => end - now);
        expect(now).toBeLessThanOrEqual(end);
        expect(calls).toBeLessThan(500);
      }
      expect(records().map((record) => record.instance)).toEqual(ids);
    });

    test.each<[string, any, string]>([
      ['runs', pending('running'), 'changed'], ['starts', pending('pending'), 'changed'], ['stops', pending('stopping'), 'changed'],
      ['was told to by somebody else', pending('running', { HttpTokens: 'required' }), 'already'],
    ])('until EC2 says that it is in force: after a minute that is not known of one that %s', async (_, one, outcome) => {
      at(one);
      await changed();
      expect(records()).toEqual([expect.objectContaining({ outcome, applied: false })]);
      expect(records()[0].stopped).toBeUndefined();
      expect(waits).toEqual(Array(20).fill(3000));
    });

    test('one that is stopped is not waited for', async () => {
      at(pending('stopped'));
      await changed();
      expect(records()).toEqual([expect.objectContaining({ outcome: 'changed', applied: false, stopped: true })]);
      expect(waits).toEqual([]);
    });

    test('it is waited for, of those of which it is not known yet', async () => {
      at(pending('running'), instance('i-2'));
      onLooking((looked) => looked === 2 && (options()[0].State = 'applied'));
      await changed();
      expect(records().map(({ applied }) => applied)).toEqual([true, true]);
      expect(waits).toEqual([3000, 3000]);
      const asked = fleet.calls.filter(({ operation, input }) => operation === 'DescribeInstances' && !input.NextToken).map(({ input }) => input.Filters[0].Values.length);
      expect(asked).toEqual([2, 2, 2, 1, 1]);
    });

    test('it is not known of one whose tokens are optional still, or that is not found any more', async () => {
      at(instance('i-1'));
      onLooking(() => void (options()[0].HttpTokens = 'optional'));
      await changed();
      expect(records().map(({ applied }) => applied)).toEqual([false]);
      fleet.objects.delete(`runs/run/changes/01/${PLACE}/00000.jsonl`);
      waits.length = 0;
      onLooking((looked) => looked === 1 && fleet.places[PLACE].instances!.pop());
      await changed();
      expect(records().map(({ outcome, applied, stopped }) => [outcome, applied, stopped])).toEqual([['changed', false, undefined]]);
      expect(waits).toEqual([]);
    });
  });

  test('begins no part for which there are not four minutes left', async () => {
    at(instance('i-1'));
    const event = { bucket: 'reports', run: CHANGING, target: TARGET, wave: WAVE, approval: { approver: 'ana' } };
    expect(await change(event, () => 239_999)).toEqual({ ...event, part: 0, done: false });
    expect(fleet.operations()).not.toContain('DescribeInstances');
    expect(await change(event, () => 240_000)).toEqual({ ...event, done: true });
    const undoing = { bucket: 'reports', run: CHANGING, from: 'run', target: TARGET };
    expect(await restore(undoing, () => 239_999)).toEqual({ ...undoing, done: false });
    expect(options()[0].HttpTokens).toBe('required');
    expect(await restore(undoing, () => 240_000)).toEqual({ ...undoing, done: true });
  });

  test('goes on in the next call, a hundred at a time', async () => {
    at(...Array.from({ length: 250 }, (_, i) => instance(`i-${i}`)));
    let calls = 0;
    await changed(() => (calls++ % 2 === 0 ? 900_000 : 100_000));
    expect(options().every(({ HttpTokens }: any) => HttpTokens === 'required')).toBe(true);
    expect(modifications()).toHaveLength(250);
    expect(fleet.lines(/changes\/01\/.*\/\d+\.jsonl$/)).toHaveLength(250);
    expect([...fleet.objects.keys()].filter((key) => /\/0000\d\.jsonl$/.test(key))).toHaveLength(3);
  });

  test('whichever call dies, a repeated one changes nothing twice, loses nothing, and all of it can be undone', async () => {
    for (let dying = 1; ; dying++) {
      fleet = new FakeFleet();
      fleet.objects.set('lock.json', JSON.stringify({ execution: EXECUTION }));
      at(instance('i-1', { MetadataOptions: { HttpPutResponseHopLimit: 3 } }), instance('i-2'), instance('i-3', { MetadataOptions: { HttpTokens: 'required' } }));
      let calls = 0;
      fleet.fault = () => (++calls === dying ? error('Died') : undefined);
      const died = await changed().then(() => false, () => true);
      fleet.fault = undefined;
      await changed();
      // A change that is refused is recorded as failed, which is no reason to try again.
      const refused = records().filter(({ outcome }) => outcome === 'failed').map((record) => record.instance);
      expect(fleet.places[PLACE].instances!.filter(({ MetadataOptions }) => MetadataOptions.HttpTokens !== 'required').map(({ InstanceId }) => InstanceId)).toEqual(refused);
      expect(new Map(records().map((record) => [record.instance, record.before.tokens]))).toEqual(new Map([['i-1', 'optional'], ['i-2', 'optional'], ['i-3', 'required']]));
      // A call that was refused is one more.
      expect(modifications().length).toBeLessThanOrEqual(3);
      if (refused.length === 0) {
        await restored();
        expect(options().map(({ HttpTokens, HttpPutResponseHopLimit }: any) => [HttpTokens, HttpPutResponseHopLimit])).toEqual([['optional', 3], ['optional', 1], ['required', 1]]);
      }
      if (!died && calls < dying) break;
      expect(dying).toBeLessThan(100);
    }
  });
});

describe('the way back', () => {
  test('undoes what an earlier run may have done, too, and says what became of each', async () => {
    at(instance('i-1', { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } }), instance('i-2', { MetadataOptions: { HttpTokens: 'required' } }), instance('i-3'));
    const intent = (id: string, hopLimit: number) => ({ account: ACCOUNT, region: 'eu-west-1', instance: id, run: 'old', wave: 1, approver: 'ana', before: { tokens: 'optional', hopLimit, endpoint: 'enabled' }, after: { tokens: 'required', hopLimit, endpoint: 'enabled' } });
    const lines = (...all: object[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');
    // The first part ended without its record; the second one failed for i-2, and has one that is gone.
    fleet.objects.set(`runs/old/changes/01/${PLACE}/00000.before.jsonl`, lines(intent('i-1', 1), intent('i-3', 1)));
    fleet.objects.set(`runs/old/changes/01/${PLACE}/00001.before.jsonl`, lines(intent('i-2', 1), intent('i-9', 1)));
    fleet.objects.set(`runs/old/changes/01/${PLACE}/00001.jsonl`, lines({ ...intent('i-2', 1), outcome: 'failed' }, { ...intent('i-9', 1), outcome: 'changed' }));
    await restored('old');
    expect(fleet.lines(/runs\/run\/restored\/.*jsonl$/).map((record) => [record.instance, record.outcome, record.from, record.run])).toEqual([
      ['i-1', 'restored', 'old', 'run'], ['i-3', 'already', 'old', 'run'], ['i-9', 'gone', 'old', 'run'],
    ]);
    expect(options().map(({ HttpTokens, HttpPutResponseHopLimit }: any) => [HttpTokens, HttpPutResponseHopLimit])).toEqual([['optional', 1], ['required', 1], ['optional', 1]]);
    const count = modifications().length;
    await restored('old');
    expect(modifications()).toHaveLength(count);
  });

  test('leaves what the run that is undone gave back itself, and another one changed since', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-3'));
    await changed();
    const [part] = [...fleet.objects.keys()].filter((key) => /changes\/01\/.*\d\.jsonl$/.test(key) && !key.includes('before'));
    fleet.objects.set(part.replace('/changes/', '/restored/'), ['restored', 'already', 'failed'].map((outcome, i) => `${JSON.stringify({ instance: `i-${i + 1}`, outcome })}\n`).join(''));
    for (const [key, body] of [...fleet.objects]) {
      if (fleet.objects.delete(key)) fleet.objects.set(key.replace('runs/run/', 'runs/old/'), body);
    }
    await restored('old');
    expect(options().map(({ HttpTokens }: any) => HttpTokens)).toEqual(['required', 'required', 'optional']);
  });

  test('after another run undid the same one leaves what a third one changed between them', async () => {
    at(instance('i-1'), instance('i-2'));
    await changed();
    const undo = async (id: string) => restore({ bucket: 'reports', run: { ...CHANGING, id }, from: 'run', target: TARGET }, () => 900_000);
    fleet.fault = ({ operation, input }) => (operation === 'ModifyInstanceMetadataOptions' && input.InstanceId === 'i-2' ? error('UnauthorizedOperation') : undefined);
    await undo('second');
    fleet.fault = undefined;
    expect(options().map(({ HttpTokens }: any) => HttpTokens)).toEqual(['optional', 'required']);
    expect(fleet.json('undone-by/second.json')).toEqual({ run: 'second' });
    options()[0].HttpTokens = 'required';
    await undo('fourth');
    // What the second one could not give back is given back now.
    expect(options().map(({ HttpTokens }: any) => HttpTokens)).toEqual(['required', 'optional']);
    expect(fleet.lines(/runs\/fourth\/restored\/.*jsonl$/).map(({ instance: id, outcome }) => [id, outcome])).toEqual([['i-2', 'restored']]);
    // A call that is repeated is no other run.
    fleet.objects.delete(`runs/fourth/restored/01/${PLACE}/00000.jsonl`);
    await undo('fourth');
    expect(fleet.lines(/runs\/fourth\/restored\/.*jsonl$/).map(({ instance: id, outcome }) => [id, outcome])).toEqual([['i-2', 'already']]);
  });

  test('says that it undoes a run before it gives anything back, and of itself says nothing', async () => {
    at(instance('i-1'));
    await changed();
    fleet.calls.length = 0;
    await restore({ bucket: 'reports', run: { ...CHANGING, id: 'later' }, from: 'run', target: TARGET }, () => 900_000);
    const writes = fleet.calls.filter(({ operation }) => /PutObject|Modify/.test(operation)).map(({ input }) => input.Key ?? input.InstanceId);
    expect(writes.slice(0, 2)).toEqual(['runs/run/undone-by/later.json', 'i-1']);
    await changed();
    await restored();
    expect([...fleet.objects.keys()].filter((key) => key.includes('undone-by'))).toEqual(['runs/run/undone-by/later.json']);
  });

  test('begins with the last wave, says what it did, and does it once', async () => {
    at(instance('i-1'), instance('i-2'));
    const target = { ...TARGET, waves: [1, 2] };
    for (const number of target.waves) {
      put(`waves/0${number}/${PLACE}.json`, [{ instance: `i-${number}` }]);
      await change({ bucket: 'reports', run: CHANGING, target, wave: { ...WAVE, number }, approval: { approver: 'ana' } }, () => 900_000);
    }
    fleet.calls.length = 0;
    const undo = async () => restore({ bucket: 'reports', run: CHANGING, from: 'run', target }, () => 900_000);
    await undo();
    expect(modifications().map(({ input }) => input.InstanceId)).toEqual(['i-2', 'i-1']);
    const written = fleet.calls.filter(({ operation }) => operation === 's3:PutObject').map(({ input }) => [input.Key, input.ContentType]);
    expect(written).toEqual(['02', '01'].flatMap((wave) => [['csv', 'text/csv'], ['jsonl', 'application/x-ndjson']].map(([extension, type]) => (
      [`runs/run/restored/${wave}/${PLACE}/00000.${extension}`, type]))));
    const [, row] = fleet.objects.get(`runs/run/restored/02/${PLACE}/00000.csv`)!.split('\r\n');
    expect(row).toMatch(/^111111111111,eu-west-1,i-2,run,run,2,[^,]+,required,1,optional,1,restored,true,,$/);
    const { time, ...record } = fleet.lines(/restored\/02\/.*jsonl$/)[0];
    expect(record).toEqual({
      account: ACCOUNT,
      region: 'eu-west-1',
      instance: 'i-2',
      run: 'run',
      from: 'run',
      wave: 2,
      outcome: 'restored',
      applied: true,
      before: { tokens: 'required', hopLimit: 1, endpoint: 'enabled' },
      after: { tokens: 'optional', hopLimit: 1, endpoint: 'enabled' },
    });
    expect(time).toMatch(/^\d{4}-.*Z$/);
    // What somebody did since is theirs.
    options()[0].HttpTokens = 'required';
    await undo();
    expect(options()[0].HttpTokens).toBe('required');
  });

  test('gives a hop limit back, too, where somebody else has set tokens back', async () => {
    at(instance('i-1'));
    put(`waves/01/${PLACE}.json`, [{ instance: 'i-1', hopLimit: 2 }]);
    await changed();
    options()[0].HttpTokens = 'optional';
    await restored();
    expect(options()[0]).toEqual(expect.objectContaining({ HttpTokens: 'optional', HttpPutResponseHopLimit: 1 }));
    expect(fleet.lines(/restored\/01\/.*jsonl$/).map(({ outcome }) => outcome)).toEqual(['restored']);
  });

  test('switches no endpoint on that was switched off meanwhile', async () => {
    at(instance('i-1'));
    await changed();
    options()[0].HttpEndpoint = 'disabled';
    await restored();
    expect(options()[0]).toEqual(expect.objectContaining({ HttpTokens: 'optional', HttpEndpoint: 'disabled' }));
  });

  test('that is refused is recorded, and goes on in the next call', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-3'));
    await changed();
    fleet.fault = ({ operation, input }) => operation !== 'ModifyInstanceMetadataOptions' || input.InstanceId === 'i-2' ? undefined
      : input.InstanceId === 'i-1' ? error('UnsupportedOperation', 'enforced') : error('InvalidInstanceID.NotFound', 'not there');
    let calls = 0;
    await restored('run', () => (calls++ === 0 ? 100_000 : 900_000));
    expect(fleet.lines(/restored\/01\/.*jsonl$/).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['failed', 'enforced (UnsupportedOperation)'], ['restored', undefined], ['gone', 'not there (InvalidInstanceID.NotFound)'],
    ]);
  });

  test.each<[string, object, ((call: any) => Error | undefined) | undefined, object]>([
    ['is open', {}, undefined, { open: true }],
    ['is closed by enforcement', { HttpTokensEnforced: 'enabled', ManagedBy: 'account' }, undefined, { open: false, reason: 'HttpTokensEnforced is enabled by the account: what requires tokens cannot go back' }],
    ['is closed by a declarative policy', { HttpTokensEnforced: 'enabled', ManagedBy: 'declarative-policy' }, undefined, { open: false, reason: 'HttpTokensEnforced is enabled by a declarative policy: what requires tokens cannot go back' }],
    ['is denied', {}, ({ input }) => (input.DryRun ? error('UnauthorizedOperation', 'a policy') : undefined), { open: false, reason: 'a policy (UnauthorizedOperation)' }],
    ['is refused', {}, ({ input }) => (input.DryRun ? error('UnsupportedOperation', 'enforced') : undefined), { open: false, reason: 'enforced (UnsupportedOperation)' }],
    ['needs a role that is not there', {}, ({ operation }) => (operation === 'AssumeRole' ? error('AccessDenied', 'no role') : undefined), { open: false, reason: 'no role (AccessDenied)' }],
    ['is asked of an instance that is gone', {}, ({ input }) => (input.DryRun ? error('InvalidInstanceID.NotFound') : undefined), { open: true }],
  ])('%s', async (_, defaults, fault, expected) => {
    at(instance('i-1'));
    Object.assign(fleet.places[PLACE], { defaults });
    fleet.fault = fault;
    await checkWayBack({ bucket: 'reports', run: CHANGING, target: TARGET });
    await checkWayBack({ bucket: 'reports', run: CHANGING, target: { ...TARGET, region: 'us-west-2', waves: [] } });
    expect(fleet.json(`way-back/${PLACE}.json`)).toEqual({ account: ACCOUNT, region: 'eu-west-1', ...expected });
    expect(options()[0].HttpTokens).toBe('optional');
    const { open } = expected as any;
    expect(await judgeWayBack({ bucket: 'reports', run: CHANGING })).toEqual({ open, closed: open ? 0 : 1 });
  });

  test('is closed where nothing is known, and what is not expected is an error', async () => {
    at(instance('i-1'));
    expect(await judgeWayBack({ bucket: 'reports', run: CHANGING })).toEqual({ open: false, closed: 1 });
    fleet.fault = ({ input }) => (input.DryRun ? error('InternalError', 'later') : undefined);
    await expect(checkWayBack({ bucket: 'reports', run: CHANGING, target: TARGET })).rejects.toThrow('later');
    expect(modifications().map(({ input }) => input)).toEqual([{ InstanceId: 'i-1', HttpTokens: 'optional', HttpEndpoint: 'enabled', DryRun: true }]);
    fleet.fault = ({ input }) => void delete input.DryRun;
    await expect(checkWayBack({ bucket: 'reports', run: CHANGING, target: TARGET })).rejects.toThrow('a dry run was not refused');
    expect(fleet.objects.has(`runs/run/way-back/${PLACE}.json`)).toBe(false);
  });
});

describe('after a wave', () => {
  const judged = async (maxRejections = 0, wave = WAVE) => judgeWave({ bucket: 'reports', run: CHANGING, wave, maxRejections });
  const watched = async () => watch({ bucket: 'reports', run: CHANGING, target: TARGET, wave: WAVE });

  test('what was rejected since is counted, by the role that may only read', async () => {
    at(instance('i-1'), instance('i-2'), instance('i-3', { MetadataOptions: { HttpTokens: 'required' } }));
    await changed();
    fleet.calls.length = 0;
    const now = Date.now();
    fleet.rejected.set('i-1', new Map([[now - 60 * 60 * 1000, 100], [now - 1, 2], [now - 2, 0]]));
    fleet.rejected.set('i-3', new Map([[now - 1, 50]]));
    await watched();
    expect(fleet.json(`rejections/01/${PLACE}.json`)).toEqual([{ account: ACCOUNT, region: 'eu-west-1', instance: 'i-1', calls: 2, lastCall: expect.any(String) }]);
    expect(fleet.calls.find(({ operation }) => operation === 'AssumeRole')!.input.RoleArn).toBe(TARGET.reader);
    expect(await judged()).toEqual(expect.objectContaining({ verdict: 'rejected', rejections: 2 }));
    expect(await judged(2)).toEqual({ verdict: 'good', rejections: 2, isLast: false, next: { number: 2, of: 2, instances: 7, targetsKey: 'runs/run/waves/02/targets.json' } });
    fleet.objects.delete('runs/run/waves/02/targets.json');
    expect(await judged(2, { ...WAVE, number: 1, of: 1 })).toEqual(expect.objectContaining({ verdict: 'good', isLast: true }));
  });

  test('what a call that died for good may have changed is counted, too', async () => {
    at(instance('i-1'), instance('i-2', { MetadataOptions: { HttpTokens: 'required' } }));
    fleet.fault = ({ operation, input }) => (operation === 's3:PutObject' && /00000\.csv$/.test(input.Key) ? error('Died') : undefined);
    await expect(changed()).rejects.toThrow();
    for (const id of ['i-1', 'i-2']) fleet.rejected.set(id, new Map([[Date.now(), 3]]));
    await new Promise((wake) => setTimeout(wake, 2));
    await watched();
    expect(await judged()).toEqual(expect.objectContaining({ verdict: 'rejected', rejections: 3 }));
  });

  test('without a record of it nothing is good', async () => {
    at(instance('i-1'));
    expect((await judged()).verdict).toBe('unwatched');
    await watched();
    expect((await judged()).verdict).toBe('good');
  });
});

describe('the beginning', () => {
  const { id: _, ...settings } = RUN;
  const begun = async (input: any, rest: Partial<BeginEvent> = {}) => begin({ ...settings, bucket: 'reports', execution: 'e-1', executionArn: 'arn:new', changes: true, input, ...rest });

  test('names the run, and what it is to do', async () => {
    fleet.objects.clear();
    expect(await begun({})).toEqual({
      mode: 'rollout', acceptNoWayBack: false, bucket: 'reports', from: '', run: { ...RUN, id: '2026-11-24T15-07-00Z-e-1', executionArn: 'arn:new' },
    });
    expect(RUN.startedAt).toBe(new Date(NOW).toISOString());
    expect(await begun({ rollback: '2026-11-24T15-07-00Z-e-0', acceptNoWayBack: true })).toEqual(expect.objectContaining({ mode: 'rollback', from: '2026-11-24T15-07-00Z-e-0', acceptNoWayBack: true }));
    expect((await begun({ inventory: true })).mode).toBe('inventory');
  });

  test('of an inventory takes no lock, and a dry run does not read its input', async () => {
    fleet.objects.clear();
    await begun({ inventory: true });
    expect((await begun('anything', { changes: false })).mode).toBe('inventory');
    expect(fleet.calls).toEqual([]);
  });

  test.each<[unknown, string]>([
    [{ inventroy: true }, 'got "inventroy"'], [{ inventory: 'yes' }, 'got {"inventory":"yes"}'], [{ rollback: '../x' }, 'got {"rollback":"../x"}'], [{ rollback: '' }, 'got {"rollback":""}'], [{ rollback: 7 }, 'got {"rollback":7}'],
    [[], 'got []'], [null, 'got null'], [7, 'got 7, expected an object such as {"inventory":true}'], ['inventory', 'got "inventory"'], [{ inventory: true, rollback: 'x' }, 'not both'], [{ acceptNoWayBack: 1 }, 'expected true or false'],
  ])('refuses an input that it does not understand: %j', async (input, message) => {
    // Another try would say the same.
    await expect(begun(input)).rejects.toEqual(expect.objectContaining({ name: 'BadInput', message: expect.stringContaining(message) }));
    expect(fleet.calls).toEqual([]);
  });

  const lock = () => JSON.parse(fleet.objects.get('lock.json')!).execution;

  test.each<[string, string | undefined, boolean]>([
    ['runs', 'RUNNING', false], ['is to be redriven', 'PENDING_REDRIVE', false], ['was stopped', 'ABORTED', true], ['has ended', 'SUCCEEDED', true], ['is forgotten', undefined, true],
  ])('takes the lock of one that %s, or is refused', async (_1, status, taken) => {
    if (status) fleet.executions[EXECUTION] = status;
    if (taken) await begun({});
    else await expect(begun({})).rejects.toThrow(`got the lock of ${EXECUTION}`);
    expect(lock()).toBe(taken ? 'arn:new' : EXECUTION);
  });

  test('of two at once only one begins, whether or not somebody had the lock before', async () => {
    for (const first of [undefined, EXECUTION]) {
      fleet.objects.clear();
      if (first) fleet.objects.set('lock.json', JSON.stringify({ execution: first }));
      fleet.executions = { 'arn:a': 'RUNNING', 'arn:b': 'RUNNING' };
      const outcomes = await Promise.allSettled(['arn:a', 'arn:b'].map(async (executionArn) => begun({}, { executionArn })));
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([lock() === 'arn:a', lock() === 'arn:b']);
      expect(outcomes.find(({ status }) => status === 'rejected')).toEqual(expect.objectContaining({ reason: expect.objectContaining({ name: 'AnotherRun' }) }));
    }
  });

  test('that is redriven, or was told that its lock was not written though it was, has it', async () => {
    fleet.executions = { [EXECUTION]: 'RUNNING', 'arn:new': 'RUNNING' };
    await begun({}, { executionArn: EXECUTION });
    expect(fleet.operations()).not.toContain('s3:PutObject');
    for (const name of ['PreconditionFailed', 'ConditionalRequestConflict']) {
      fleet.objects.delete('lock.json');
      fleet.lost = ({ operation }) => operation === 's3:PutObject' ? error(name) : undefined;
      await begun({});
      expect(lock()).toBe('arn:new');
    }
    // A bucket with Object Lock wants a checksum.
    expect(fleet.calls.find(({ operation }) => operation === 's3:PutObject')!.input).toEqual({
      Bucket: 'reports', Key: 'lock.json', Body: Buffer.from('{"execution":"arn:new"}'), ContentType: 'application/json', ChecksumAlgorithm: 'SHA256', IfNoneMatch: '*',
    });
  });

  test.each<[string, string, string]>([
    ['s3:PutObject', 'ConditionalRequestConflict', 'got the lock of another run'], ['s3:PutObject', 'AccessDenied', 'not now'], ['DescribeExecution', 'ThrottlingException', 'not now'],
  ])('without an answer of %s it does not begin: %s', async (failing, name, message) => {
    if (failing === 's3:PutObject') fleet.objects.delete('lock.json');
    const before = new Map(fleet.objects);
    fleet.fault = ({ operation }) => operation === failing ? error(name, 'not now') : undefined;
    await expect(begun({})).rejects.toThrow(message);
    expect(fleet.objects).toEqual(before);
  });

  test('that is stopped, and followed by another one, changes nothing more, though its function goes on', async () => {
    const stopped = async (run: () => Promise<void>) => {
      fleet.calls.length = 0;
      fleet.fault = ({ operation }) => {
        if (operation === 'ModifyInstanceMetadataOptions') fleet.objects.set('lock.json', JSON.stringify({ execution: 'arn:other' }));
        return undefined;
      };
      await expect(run()).rejects.toThrow('got the lock of arn:other');
      expect(modifications()).toHaveLength(1);
      fleet.objects.set('lock.json', JSON.stringify({ execution: EXECUTION }));
      fleet.fault = undefined;
    };
    at(instance('i-1'), instance('i-2'), instance('i-3'));
    await stopped(changed);
    await changed();
    await stopped(restored);
  });

  test('that is repeated keeps its lock, and whoever lost it changes nothing', async () => {
    await begun({}, { executionArn: EXECUTION });
    fleet.objects.set('lock.json', JSON.stringify({ execution: 'arn:other' }));
    at(instance('i-1'));
    await expect(changed()).rejects.toThrow('got the lock of arn:other');
    await expect(restored()).rejects.toThrow('got the lock of arn:other');
    const sources = { bucket: 'reports', run: CHANGING, target: TARGET, groups: { mode: 'in-place' } as const };
    const context = { getRemainingTimeInMillis: () => 900_000 };
    await expect(changeSources(sources, context)).rejects.toThrow('got the lock of arn:other');
    await expect(restoreSources(sources, context)).rejects.toThrow('got the lock of arn:other');
    fleet.objects.delete('lock.json');
    await expect(changed()).rejects.toThrow('another run changes the fleet: got the lock of nobody');
    expect(modifications()).toEqual([]);
  });
});
