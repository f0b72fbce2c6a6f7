import { createServer, type Server } from 'http';
import type { AddressInfo } from 'net';
import { DescribeLaunchTemplatesCommand, EC2Client, ModifyLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { error, FakeAccount, request } from './fake-account';
import { accountDefaultsAssertion } from '../../src/account/account-defaults-assertion.lambda';
import { clientsOf, regionNamed } from '../../src/account/handlers/clients';
import { answering, type Handler } from '../../src/account/handlers/custom-resource';
import { readDefaults } from '../../src/account/handlers/region';
import { launchTemplateDefaultVersion } from '../../src/account/launch-template-default-version.lambda';

let logged: string[];
beforeEach(() => {
  process.env.AWS_REGION = 'us-east-1';
  logged = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void logged.push(line));
});

describe('the answer to CloudFormation', () => {
  let server: Server;
  let answers: any[];
  let status: number[];
  beforeEach((done) => {
    answers = [];
    status = [];
    server = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk) => body += chunk).on('end', () => {
        answers.push({ method: incoming.method, type: incoming.headers['content-type'], ...JSON.parse(body) });
        response.writeHead(status.shift() ?? 200).end();
      });
    }).listen(0, '127.0.0.1', done);
  });
  afterEach((done) => void server.close(done));

  const call = async (type: 'Create' | 'Update' | 'Delete', handle: Handler<any>, left = 300_000) => {
    const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
    await answering(handle)({ ...request(type, {}), ResponseURL }, { getRemainingTimeInMillis: () => left });
    return answers[answers.length - 1];
  };

  test('carries attributes and the physical id', async () => {
    expect(await call('Create', async () => ({ physicalId: 'mine', data: { Effective: 'x' } }))).toEqual(expect.objectContaining({
      method: 'PUT',
      type: '',
      Status: 'SUCCESS',
      PhysicalResourceId: 'mine',
      Data: { Effective: 'x' },
      LogicalResourceId: 'Defaults',
      StackId: expect.stringContaining(':stack/Main/'),
      RequestId: expect.stringContaining('request-'),
    }));
  });

  test('says why it failed, and keeps the physical id', async () => {
    expect(await call('Update', async () => { throw new Error('us-east-1: failed'); }))
      .toEqual(expect.objectContaining({ Status: 'FAILED', Reason: 'us-east-1: failed', PhysicalResourceId: 'stable' }));
  });

  test('of a deletion is success whatever happens, and what happened is logged', async () => {
    expect(await call('Delete', async () => { throw new Error('denied here'); })).toEqual(expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'stable' }));
    expect(logged.join()).toContain('denied here');
  });

  test('stays below the 4 KB that CloudFormation takes', async () => {
    const answer = await call('Create', async () => { throw new Error('x'.repeat(9000)); });
    expect(JSON.stringify(answer).length).toBeLessThan(4096);
  });

  test('is sent again when it was not taken, and the URL is logged nowhere', async () => {
    status.push(503, 503);
    await call('Create', async () => ({ physicalId: 'mine' }));
    expect(answers).toHaveLength(3);
    expect(logged.join()).not.toContain('secret');
  });

  test('that is never taken is an error, so that Lambda calls the function again', async () => {
    const wait = setTimeout;
    const spy = jest.spyOn(global, 'setTimeout').mockImplementation(((run: () => void, milliseconds: number) => wait(run, milliseconds > 5000 ? milliseconds : 0)) as any);
    status.push(...Array(9).fill(503));
    await expect(call('Create', async () => ({ physicalId: 'mine' }))).rejects.toThrow('CloudFormation did not take the answer: HTTP 503');
    spy.mockRestore();
    expect(answers).toHaveLength(5);
  });

  test('leaves a minute of the time of the function to put things back', async () => {
    const answer = await call('Create', (_, signal) => new Promise((_resolve, reject) => {
      signal!.addEventListener('abort', () => reject(new Error('aborted')));
    }), 60_010);
    expect(answer.Reason).toBe('aborted');
  });
});

describe('throttling', () => {
  test('is met with patience by the client itself', async () => {
    const server = createServer((_, response) => {
      const [status, body] = ++calls <= 3
        ? [503, '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>']
        : [200, '<GetInstanceMetadataDefaultsResponse><accountLevel><httpTokens>required</httpTokens>'
          + '<httpTokensEnforced>enabled</httpTokensEnforced></accountLevel></GetInstanceMetadataDefaultsResponse>'];
      response.writeHead(status as number, { 'content-type': 'text/xml' }).end(body);
    });
    let calls = 0;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b',
    });
    mockClient(EC2Client).restore();
    try {
      // More failures than a client takes by default.
      const { values } = await readDefaults(regionNamed('eu-north-1'));
      expect(values).toEqual(expect.objectContaining({ HttpTokens: 'required', HttpTokensEnforced: 'enabled', HttpEndpoint: 'no-preference' }));
      expect(calls).toBe(4);
      expect(await clientsOf('eu-north-1').ec2.config.retryMode).toBe('adaptive');
    } finally {
      for (const name of ['AWS_ENDPOINT_URL_EC2', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
      clientsOf('eu-north-1').ec2.destroy();
      server.close();
    }
  }, 60_000);
});

describe('the assertion', () => {
  const properties = { Defaults: { HttpTokens: 'required', HttpTokensEnforced: 'enabled' }, Regions: ['us-east-1', 'eu-west-1'] };
  const ready = { HttpTokens: 'required', HttpTokensEnforced: 'enabled' };

  test.each(['Create', 'Update'] as const)('%s: names the regions that are not so, and changes nothing', async (type) => {
    const account = new FakeAccount();
    account.set('eu-west-1', { HttpTokens: 'required' });
    account.set('us-east-1', ready);
    await expect(accountDefaultsAssertion(request(type, properties))).rejects.toThrow('the account defaults are not HttpTokens=required,HttpTokensEnforced=enabled '
      + 'everywhere. eu-west-1: failed: the account says HttpTokens=required; us-east-1: as expected');
    expect(new Set(account.calls.map(({ call }) => call))).toEqual(new Set(['Get']));
  });

  test('passes where all are so, whoever manages them', async () => {
    const account = new FakeAccount();
    for (const region of properties.Regions) account.set(region, ready);
    account.policies['eu-west-1'] = {};
    await expect(accountDefaultsAssertion(request('Create', properties))).resolves.toBeDefined();
  });

  test('never fails a deletion', async () => {
    const account = new FakeAccount();
    await expect(accountDefaultsAssertion(request('Delete', properties))).resolves.toEqual({ physicalId: 'stable' });
    expect(account.calls).toEqual([]);
  });
});

describe('the default version', () => {
  let ec2: ReturnType<typeof mockClient>;
  beforeEach(() => {
    ec2 = mockClient(EC2Client);
    ec2.on(ModifyLaunchTemplateCommand as any).resolves({});
  });
  const at = (current: number) => ec2.on(DescribeLaunchTemplatesCommand as any, { LaunchTemplateIds: ['lt-1'] }).resolves({ LaunchTemplates: [{ DefaultVersionNumber: current }] } as any);
  let waits: number[];
  beforeEach(() => void (waits = []));
  const run = (type: 'Create' | 'Update' | 'Delete', Version: string) => launchTemplateDefaultVersion(
    { ...request(type, {}), ResourceProperties: { LaunchTemplateId: 'lt-1', Version } } as any, undefined, clientsOf('us-east-1').ec2, async (wait) => void waits.push(wait),
  );

  test.each([
    ['Create', 1, '2', [{ LaunchTemplateId: 'lt-1', DefaultVersion: '2' }]],
    ['Update', 9, '10', [{ LaunchTemplateId: 'lt-1', DefaultVersion: '10' }]],
    ['Update', 2, '2', []],
    ['Update', 3, '2', []],
    ['Delete', 1, '2', []],
  ] as const)('%s, from %s with the stack at %s', async (type, current, version, calls) => {
    at(current);
    await run(type, version);
    expect(ec2.commandCalls(ModifyLaunchTemplateCommand as any).map(({ args }) => args[0].input)).toEqual(calls);
  });

  test('of a template that was deleted first is nobody\'s loss', async () => {
    ec2.on(DescribeLaunchTemplatesCommand as any).rejects(error('InvalidLaunchTemplateId.NotFound'));
    await expect(run('Update', '2')).resolves.toEqual(expect.objectContaining({ physicalId: 'stable' }));
  });

  test.each([
    ['Create', 'InvalidLaunchTemplateId.NotFound'], ['Create', 'UnauthorizedOperation'], ['Update', 'UnauthorizedOperation'],
  ] as const)('%s fails with the template\'s name on %s', async (type, name) => {
    at(1);
    ec2.on(ModifyLaunchTemplateCommand as any).rejects(error(name));
    await expect(run(type, '2')).rejects.toThrow(`the default version of the launch template lt-1 could not be set to 2: no (${name})`);
    expect(waits).toEqual([2000, 4000, 8000]);
  });

  test.each([
    ['DescribeLaunchTemplates', 'UnauthorizedOperation'], ['ModifyLaunchTemplate', 'UnauthorizedOperation'],
    ['DescribeLaunchTemplates', 'InvalidLaunchTemplateId.NotFound'], ['ModifyLaunchTemplate', 'InvalidLaunchTemplateId.VersionNotFound'],
  ])('waits for what was made a moment ago and is not everywhere yet: %s is refused with %s', async (operation, name) => {
    const command: any = operation === 'ModifyLaunchTemplate' ? ModifyLaunchTemplateCommand : DescribeLaunchTemplatesCommand;
    ec2.on(DescribeLaunchTemplatesCommand as any).resolves({ LaunchTemplates: [{ DefaultVersionNumber: 1 }] } as any);
    ec2.on(command).rejectsOnce(error(name)).rejectsOnce(error(name)).resolves({ LaunchTemplates: [{ DefaultVersionNumber: 1 }] } as any);
    await expect(run('Create', '2')).resolves.toMatchObject({ data: { DefaultVersion: '2' } });
    expect(waits).toEqual([2000, 4000]);
    expect(ec2.commandCalls(ModifyLaunchTemplateCommand as any).length).toBe(operation === 'ModifyLaunchTemplate' ? 3 : 1);
  });

  test('does not wait for what passes on no account', async () => {
    at(1);
    ec2.on(ModifyLaunchTemplateCommand as any).rejects(error('InvalidParameterValue'));
    await expect(run('Create', '2')).rejects.toThrow('(InvalidParameterValue)');
    expect(waits).toEqual([]);
  });
});
