import { DENIED, error, FakeAccount, request, STACK, THROTTLED, type Options } from './fake-account';

const HERE = 'us-east-1';
const THERE = 'eu-west-1';
const BOTH = { Regions: [HERE, THERE] };

let account: FakeAccount;
beforeEach(() => {
  process.env.AWS_REGION = HERE;
  jest.spyOn(console, 'log').mockImplementation(() => {});
  account = new FakeAccount();
});

describe('create', () => {
  test('sends the named options and no other', async () => {
    account.set(HERE, { HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 5 });
    await account.run(request('Create', { Defaults: { HttpTokens: 'required' } }));
    expect(account.modifications(HERE)).toEqual([{ HttpTokens: 'required' }]);
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 5 });
  });

  test('sends every option that is named, enforcement in the same call', async () => {
    const Defaults = { HttpTokens: 'required', HttpPutResponseHopLimit: '2', HttpEndpoint: 'enabled', InstanceMetadataTags: 'disabled', HttpTokensEnforced: 'enabled' };
    await account.run(request('Create', { Defaults }));
    expect(account.modifications(HERE)).toEqual([{ ...Defaults, HttpPutResponseHopLimit: 2 }]);
  });

  test('writes nothing where the account is so already', async () => {
    account.set(HERE, { HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    await account.run(request('Create', { Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2', HttpTokensEnforced: 'no-preference' } }));
    expect(account.modifications(HERE)).toEqual([]);
  });

  test('keeps the earlier values before the first write', async () => {
    await account.run(request('Create', {}));
    expect(account.calls.map(({ call }) => call)).toEqual(['Get', 'Claims', 'Claim', 'Modify', 'Get']);
    expect([...account.claims(HERE).values()].map((value) => JSON.parse(value))).toEqual([expect.objectContaining({
      resource: `${STACK} Defaults`, first: { HttpTokens: 'no-preference' }, written: { HttpTokens: 'required' },
    })]);
  });

  test('answers what was there, what is there now and who manages it; of other regions only what is asked for', async () => {
    account.set(HERE, { HttpTokens: 'optional' });
    const { data } = await account.run(request('Create', { ...BOTH, Report: [THERE] }));
    expect(data).toEqual({
      'Previous': 'HttpTokens=optional',
      'Effective': 'HttpTokens=required',
      'ManagedBy': 'account',
      'eu-west-1.Previous': 'no preference',
      'eu-west-1.Effective': 'HttpTokens=required',
      'eu-west-1.ManagedBy': 'account',
    });
  });

  test('reaches every enabled region', async () => {
    account.enabled = ['us-east-1', 'eu-west-1', 'ap-south-1'];
    await account.run(request('Create', { Regions: ['*'] }));
    expect(account.enabled.map((region) => account.get(region))).toEqual(Array(3).fill({ HttpTokens: 'required' }));
  });

  test('waits until the account says what was written', async () => {
    let reads = 0;
    jest.spyOn(account, 'get').mockImplementation((): Options => reads++ < 3 ? {} : { HttpTokens: 'required' });
    const { data } = await account.run(request('Create', {}));
    expect(data!.Effective).toBe('HttpTokens=required');
    expect(account.slept).toBe(1500);
  });

  test('fails where an option is dropped silently, and puts back the rest', async () => {
    const set = account.set.bind(account);
    jest.spyOn(account, 'set').mockImplementation((region, { HttpTokensEnforced: _, ...options }) => set(region, options));
    await expect(account.run(request('Create', { Defaults: { HttpTokens: 'required', HttpTokensEnforced: 'enabled' } })))
      .rejects.toThrow('us-east-1: failed: EC2 took HttpTokensEnforced=enabled and still says HttpTokensEnforced=no-preference. Afterwards: us-east-1: put back');
    expect(account.get(HERE)).toEqual({});
  });

  test.each([
    ['denied', DENIED, 'failed: You are not authorized to perform this operation. (UnauthorizedOperation): look for a service control policy'],
    ['throttled beyond patience', THROTTLED, 'failed: Request limit exceeded. (RequestLimitExceeded)'],
    ['not opted in', () => error('AuthFailure'), 'failed: the region is probably not enabled for the account (AuthFailure): opt in to it, or leave it out of regions'],
    ['unknown', () => Object.assign(error('Error'), { code: 'ENOTFOUND' }), 'failed: the region is probably not enabled for the account'],
    ['out of time', () => error('AbortError'), 'failed: the time of the function ran out'],
  ])('names every region where one is %s, and puts back the others', async (_, fail, message) => {
    account.set(HERE, { HttpTokens: 'optional', HttpPutResponseHopLimit: 3 });
    account.faults.push({ at: (call, region) => call === 'Modify' && region === THERE, error: fail(), always: true });
    const outcome = account.run(request('Create', { ...BOTH, Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '1' } }));
    await expect(outcome).rejects.toThrow('could not be set to HttpTokens=required,HttpPutResponseHopLimit=1 in 1 of 2 regions. ');
    await expect(outcome).rejects.toThrow(`eu-west-1: ${message}`);
    await expect(outcome).rejects.toThrow('us-east-1: set. Afterwards: us-east-1: put back; eu-west-1: left as it is');
    expect([account.get(HERE), account.get(THERE)]).toEqual([{ HttpTokens: 'optional', HttpPutResponseHopLimit: 3 }, {}]);
    expect([account.claims(HERE).size, account.claims(THERE).size]).toEqual([0, 0]);
  });

  test('says once what came of several regions, failures first', async () => {
    account.enabled = ['us-east-1', 'ap-south-1', 'eu-west-1', 'eu-west-2'];
    account.faults.push({ at: (call, region) => call === 'Get' && region.startsWith('eu-'), error: error('InternalError'), always: true });
    await expect(account.run(request('Create', { Regions: ['*'] })))
      .rejects.toThrow('in 2 of 4 regions. eu-west-1, eu-west-2: failed: no (InternalError); us-east-1, ap-south-1: set. Afterwards: ');
  });

  test('that runs out of time still puts back what it changed', async () => {
    account.set(HERE, { HttpTokens: 'optional' });
    const time = new AbortController();
    account.faults.push({
      at: (call, region) => {
        const isLate = call === 'Modify' && region === THERE;
        if (isLate) time.abort();
        return isLate;
      },
      error: error('AbortError'),
    });
    await expect(account.run(request('Create', BOTH), time.signal)).rejects.toThrow('Afterwards: us-east-1: put back');
    expect(account.get(HERE)).toEqual({ HttpTokens: 'optional' });
  });

  test('is patient with permissions that are not everywhere yet', async () => {
    for (let i = 0; i < 3; i++) account.faults.push({ at: (call) => call === 'Get', error: DENIED() });
    await account.run(request('Create', {}));
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required' });
    expect(account.slept).toBe(14_000);
  });

  test('writes nothing where the earlier values cannot be kept', async () => {
    account.faults.push({ at: (call) => call === 'Claim', error: error('AccessDeniedException'), always: true });
    await expect(account.run(request('Create', {}))).rejects.toThrow('AccessDeniedException');
    expect(account.modifications(HERE)).toEqual([]);
  });

  test('killed after its write and repeated, it still knows the first values', async () => {
    const create = request('Create', { OnRemoval: 'RESTORE' });
    account.set(HERE, { HttpTokens: 'optional' });
    account.faults.push({ at: (call) => call === 'Modify', takesEffect: true });
    await expect(account.run(create)).rejects.toThrow('killed');
    await expect(account.run(create)).resolves.toEqual(expect.objectContaining({ data: expect.objectContaining({ Previous: 'HttpTokens=optional' }) }));
    await account.run(request('Delete', { OnRemoval: 'RESTORE' }));
    expect(account.get(HERE)).toEqual({ HttpTokens: 'optional' });
  });

  test('a leftover of an earlier life is none of its own: failing it puts back what the account said, not what it once said', async () => {
    await account.run(request('Create', {}));
    account.faults.push({ at: (call, region) => call === 'Modify' && region === THERE, error: DENIED(), always: true });
    await expect(account.run(request('Create', { ...BOTH, Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' } }))).rejects.toThrow();
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required' });
  });

  test('refuses to leave enforcement on without required tokens', async () => {
    account.set(HERE, { HttpTokens: 'required', HttpTokensEnforced: 'enabled' });
    await expect(account.run(request('Create', { Defaults: { HttpTokens: 'optional' } }))).rejects.toThrow('every launch fails');
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required', HttpTokensEnforced: 'enabled' });
  });

  test('names a parameter that somebody damaged', async () => {
    account.claims(HERE).set('/cdk-imdsv2/account-defaults/x', '{}');
    await expect(account.run(request('Create', {}))).rejects.toThrow('the parameter /cdk-imdsv2/account-defaults/x is not what cdk-imdsv2 wrote');
  });
});

describe('a declarative policy', () => {
  test('that says what is wanted is success, and nothing is written', async () => {
    account.set(HERE, { HttpTokens: 'required' });
    account.policies[HERE] = {};
    const { data } = await account.run(request('Create', {}));
    expect(data).toEqual({ Previous: 'HttpTokens=required', Effective: 'HttpTokens=required', ManagedBy: 'declarative-policy' });
    expect(account.calls.map(({ call }) => call)).toEqual(['Get']);
  });

  test('that says something else fails with its own message and what to do, and nothing is written', async () => {
    account.set(HERE, { HttpTokens: 'optional' });
    account.policies[HERE] = { message: 'Ask #platform.' };
    await expect(account.run(request('Create', {}))).rejects.toThrow('us-east-1: failed: a declarative policy manages the defaults and says '
      + 'HttpTokens=optional: "Ask #platform."; set HttpTokens=required in the policy of the organization, or leave the region out');
    expect(account.modifications(HERE)).toEqual([]);
  });

  test('that came later is left alone on removal', async () => {
    await account.run(request('Create', { OnRemoval: 'RESTORE' }));
    account.policies[HERE] = {};
    await account.run(request('Delete', { OnRemoval: 'RESTORE' }));
    expect(account.modifications(HERE)).toHaveLength(1);
    expect(account.claims(HERE).size).toBe(0);
  });
});

describe('update', () => {
  const update = (from: object, to: object) => request('Update', to, { OldResourceProperties: request('Update', from).ResourceProperties });

  test('to the same writes nothing and keeps the physical id', async () => {
    await account.run(request('Create', {}));
    account.calls.length = 0;
    await expect(account.run(update({}, {}))).resolves.toEqual(expect.objectContaining({ physicalId: 'stable' }));
    expect(account.calls.map(({ call }) => call)).toEqual(['Get', 'Claims']);
  });

  test('to something else writes it, and still knows the first values', async () => {
    account.set(HERE, { HttpPutResponseHopLimit: 7 });
    const [one, two] = [{ Defaults: { HttpPutResponseHopLimit: '1' } }, { Defaults: { HttpPutResponseHopLimit: '2' } }];
    await account.run(request('Create', one));
    const { data } = await account.run(update(one, two));
    expect(data).toEqual(expect.objectContaining({ Previous: 'HttpPutResponseHopLimit=7', Effective: 'HttpPutResponseHopLimit=2' }));
  });

  test.each([
    ['RETAIN', 'UPDATE_IN_PROGRESS', { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }],
    ['RETAIN', 'UPDATE_ROLLBACK_IN_PROGRESS', { HttpTokens: 'required', HttpPutResponseHopLimit: 7 }, {}],
    ['RESTORE', 'UPDATE_IN_PROGRESS', { HttpTokens: 'required', HttpPutResponseHopLimit: 7 }, {}],
  ])('%s, %s: what is no longer named', async (OnRemoval, status, here, there) => {
    account.set(HERE, { HttpPutResponseHopLimit: 7 });
    const more = { OnRemoval, ...BOTH, Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' } };
    const less = { OnRemoval, Regions: [HERE], Defaults: { HttpTokens: 'required' } };
    await account.run(request('Create', more));
    account.stackStatus = status;
    await account.run(update(more, less));
    expect([account.get(HERE), account.get(THERE)]).toEqual([here, there]);
    expect([account.claims(HERE).size, account.claims(THERE).size]).toEqual([1, 0]);
    expect(JSON.parse([...account.claims(HERE).values()][0])).toEqual(expect.objectContaining({ first: { HttpTokens: 'no-preference' }, written: { HttpTokens: 'required' } }));
  });

  test('that ends enforcement and required tokens at once is one call', async () => {
    const [enforced, open] = [{ HttpTokens: 'required', HttpTokensEnforced: 'enabled' }, { HttpTokens: 'no-preference' }].map((Defaults) => ({ Defaults }));
    await account.run(request('Create', enforced as any));
    account.stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
    await account.run(update(enforced, open));
    expect(account.modifications(HERE)[1]).toEqual({ HttpTokens: 'no-preference', HttpTokensEnforced: 'no-preference' });
    expect(account.get(HERE)).toEqual({});
  });

  test('answers what the account says once what is no longer named is put back', async () => {
    account.set(HERE, { HttpPutResponseHopLimit: 7 });
    const more = { OnRemoval: 'RESTORE', Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' } };
    await account.run(request('Create', more));
    const { data } = await account.run(update(more, { OnRemoval: 'RESTORE' }));
    expect(data).toEqual(expect.objectContaining({ Effective: 'HttpTokens=required,HttpPutResponseHopLimit=7' }));
  });

  test('that fails leaves what it would let go of', async () => {
    const more = { OnRemoval: 'RESTORE', ...BOTH };
    await account.run(request('Create', more));
    account.faults.push({ at: (call) => call === 'Get', error: error('InternalError') });
    await expect(account.run(update(more, { OnRemoval: 'RESTORE', Regions: [HERE] }))).rejects.toThrow('InternalError');
    expect(account.get(THERE)).toEqual({ HttpTokens: 'required' });
  });

  test('a region that cannot be reached any more does not fail the update that leaves it out', async () => {
    await account.run(request('Create', BOTH));
    account.faults.push({ at: (_, region) => region === THERE, error: error('AuthFailure'), always: true });
    await expect(account.run(update(BOTH, {}))).resolves.toBeDefined();
  });
});

describe('an update that cannot let go', () => {
  test('fails, and says of which region', async () => {
    await account.run(request('Create', BOTH));
    account.faults.push({ at: (_, region) => region === THERE, error: DENIED(), always: true });
    await expect(account.run(request('Update', {}, { OldResourceProperties: request('Create', BOTH).ResourceProperties })))
      .rejects.toThrow('what is not asked for any more could not be let go of. eu-west-1: failed: You are not authorized');
  });
});

describe('delete', () => {
  test.each([
    ['RETAIN', 'DELETE_IN_PROGRESS', { HttpTokens: 'required' }],
    ['RETAIN', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', { HttpTokens: 'required' }],
    ['RETAIN', 'ROLLBACK_IN_PROGRESS', { HttpTokens: 'optional' }],
    ['RETAIN', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', { HttpTokens: 'optional' }],
    ['RESTORE', 'DELETE_IN_PROGRESS', { HttpTokens: 'optional' }],
  ])('%s, %s', async (OnRemoval, status, left) => {
    account.set(HERE, { HttpTokens: 'optional' });
    await account.run(request('Create', { OnRemoval }));
    account.stackStatus = status;
    await account.run(request('Delete', { OnRemoval }));
    expect(account.get(HERE)).toEqual(left);
    expect(account.claims(HERE).size).toBe(0);
  });

  test.each([
    ['DELETE_IN_PROGRESS', ['ROLLBACK_IN_PROGRESS'], { HttpTokens: 'optional' }],
    ['DELETE_IN_PROGRESS', ['DELETE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'], { HttpTokens: 'optional' }],
    ['DELETE_IN_PROGRESS', ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'], { HttpTokens: 'required' }],
    ['DELETE_IN_PROGRESS', ['DELETE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'], { HttpTokens: 'required' }],
  ])('RETAIN in a nested stack, %s in %j', async (status, parents, left) => {
    account.set(HERE, { HttpTokens: 'optional' });
    await account.run(request('Create', {}));
    Object.assign(account, { stackStatus: status, parents });
    await account.run(request('Delete', {}));
    expect(account.get(HERE)).toEqual(left);
  });

  const FAILED = 'The following resource(s) failed to create: [Web]. . Delete requested by user.';
  test.each([
    ['whose creation failed', [], FAILED, { HttpTokens: 'optional' }],
    ['in one whose creation failed', ['DELETE_IN_PROGRESS'], FAILED, { HttpTokens: 'optional' }],
    ['that a user deletes', [], 'User Initiated', { HttpTokens: 'required' }],
  ])('RETAIN in a stack that is deleted, %s', async (_, parents, stackReason, left) => {
    account.set(HERE, { HttpTokens: 'optional' });
    await account.run(request('Create', {}));
    Object.assign(account, { stackStatus: 'DELETE_IN_PROGRESS', parents, stackReason });
    await account.run(request('Delete', {}));
    expect(account.get(HERE)).toEqual(left);
  });

  test('puts back no preference as such', async () => {
    const named = { Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2', HttpEndpoint: 'enabled', InstanceMetadataTags: 'enabled', HttpTokensEnforced: 'enabled' }, OnRemoval: 'RESTORE' };
    await account.run(request('Create', named));
    await account.run(request('Delete', named));
    expect(account.modifications(HERE)[1]).toEqual({
      HttpTokens: 'no-preference', HttpPutResponseHopLimit: -1, HttpEndpoint: 'no-preference', InstanceMetadataTags: 'no-preference', HttpTokensEnforced: 'no-preference',
    });
    expect(account.get(HERE)).toEqual({});
  });

  test('leaves what somebody else changed since', async () => {
    const named = { Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' }, OnRemoval: 'RESTORE' };
    await account.run(request('Create', named));
    account.set(HERE, { HttpPutResponseHopLimit: 4 });
    await account.run(request('Delete', named));
    expect(account.get(HERE)).toEqual({ HttpPutResponseHopLimit: 4 });
    expect(jest.mocked(console.log).mock.calls.join()).toContain('us-east-1: put back; what was changed since is left');
  });

  test('leaves tokens required where somebody enforces them since', async () => {
    await account.run(request('Create', { OnRemoval: 'RESTORE' }));
    account.set(HERE, { HttpTokensEnforced: 'enabled' });
    await account.run(request('Delete', { OnRemoval: 'RESTORE' }));
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required', HttpTokensEnforced: 'enabled' });
  });

  test('does not enforce again what somebody else has stopped requiring', async () => {
    account.set(HERE, { HttpTokens: 'required', HttpTokensEnforced: 'enabled' });
    const open = { Defaults: { HttpTokens: 'optional', HttpTokensEnforced: 'disabled' }, OnRemoval: 'RESTORE' };
    await account.run(request('Create', open));
    account.set(HERE, { HttpTokens: 'no-preference' });
    await account.run(request('Delete', open));
    expect(account.get(HERE)).toEqual({ HttpTokensEnforced: 'disabled' });
  });

  test('where the state of the stack cannot be read, everything stays', async () => {
    await account.run(request('Create', {}));
    account.faults.push({ at: (call) => call === 'Stacks', error: DENIED() });
    await account.run(request('Delete', {}));
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required' });
  });

  test.each([['denied', DENIED], ['throttled', THROTTLED], ['not enabled', () => error('AuthFailure')]])('succeeds in a region that is %s, and puts back the others', async (_, fail) => {
    const named = { ...BOTH, OnRemoval: 'RESTORE' };
    await account.run(request('Create', named));
    account.faults.push({ at: (_call, region) => region === THERE, error: fail(), always: true });
    await expect(account.run(request('Delete', named))).resolves.toEqual({ physicalId: 'stable' });
    expect([account.get(HERE), account.get(THERE)]).toEqual([{}, { HttpTokens: 'required' }]);
  });

  test.each(['Modify', 'Unclaim'])('killed at %s and repeated, it ends where it should', async (killed) => {
    await account.run(request('Create', { OnRemoval: 'RESTORE' }));
    const remove = request('Delete', { OnRemoval: 'RESTORE' });
    account.faults.push({ at: (call) => call === killed, takesEffect: true });
    await expect(account.run(remove)).rejects.toThrow('killed');
    await account.run(remove);
    expect(account.get(HERE)).toEqual({});
    expect(account.claims(HERE).size).toBe(0);
  });

  test('of what was never created does nothing', async () => {
    account.set(HERE, { HttpTokens: 'required' });
    await account.run(request('Delete', { OnRemoval: 'RESTORE' }));
    expect(account.modifications(HERE)).toEqual([]);
  });
});

describe('renamed, and moved to another stack', () => {
  const OTHER = { LogicalResourceId: 'Renamed' };
  const ELSEWHERE = { StackId: STACK.replace('Main', 'Other') };
  const CASES = ['RETAIN', 'RESTORE'].flatMap((mode) => [OTHER, ELSEWHERE].flatMap((to) => ['created first', 'deleted first'].map((order) => [mode, order, to] as const)));

  test.each(CASES)('%s, %s, %j: the account is required after it', async (OnRemoval, order, to) => {
    const properties = { OnRemoval, Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' } };
    account.set(HERE, { HttpTokens: 'optional' });
    await account.run(request('Create', properties));
    const create = () => account.run(request('Create', properties, to));
    account.stackStatus = 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
    if (order === 'created first') await create();
    await account.run(request('Delete', properties));
    if (order === 'deleted first') await create();
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });

    // The new one knows what the old one found, unless that was retained for good.
    await account.run(request('Delete', { ...properties, OnRemoval: 'RESTORE' }, to));
    const retained = OnRemoval === 'RETAIN' && order === 'deleted first';
    expect(account.get(HERE)).toEqual(retained ? { HttpTokens: 'required', HttpPutResponseHopLimit: 2 } : { HttpTokens: 'optional' });
  });

  test('a renaming that is rolled back leaves what the old one asks for', async () => {
    await account.run(request('Create', { Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '2' } }));
    const renamed = { Defaults: { HttpTokens: 'required', HttpPutResponseHopLimit: '1' } };
    await account.run(request('Create', renamed, OTHER));
    account.stackStatus = 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS';
    await account.run(request('Delete', renamed, OTHER));
    expect(account.get(HERE)).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
  });
});

describe('several that ask for different things', () => {
  const hops = (HttpPutResponseHopLimit: string) => ({ Defaults: { HttpPutResponseHopLimit }, OnRemoval: 'RESTORE' });
  const named = (LogicalResourceId: string) => ({ LogicalResourceId });

  test.each([
    ['the latest of the others wins', ['1', '2', '3'], 2],
    ['what the account says stays if another asks for it', ['2', '3', '2'], 2],
  ])('%s', async (_, asked, left) => {
    let now = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => ++now);
    account.set(HERE, { HttpPutResponseHopLimit: 9 });
    for (const [i, limit] of asked.entries()) await account.run(request('Create', hops(limit), named(`R${i}`)));
    await account.run(request('Delete', hops(asked[2]), named('R2')));
    expect(account.get(HERE)).toEqual({ HttpPutResponseHopLimit: left });
    await account.run(request('Delete', hops(asked[1]), named('R1')));
    await account.run(request('Delete', hops(asked[0]), named('R0')));
    expect(account.get(HERE)).toEqual({ HttpPutResponseHopLimit: 9 });
  });

  test('a new one takes over no first value of another that somebody has overwritten', async () => {
    account.set(HERE, { HttpPutResponseHopLimit: 9 });
    await account.run(request('Create', hops('2'), named('R0')));
    account.set(HERE, { HttpPutResponseHopLimit: 5 });
    await account.run(request('Create', hops('3'), named('R1')));
    await account.run(request('Delete', hops('2'), named('R0')));
    await account.run(request('Delete', hops('3'), named('R1')));
    expect(account.get(HERE)).toEqual({ HttpPutResponseHopLimit: 5 });
  });
});
