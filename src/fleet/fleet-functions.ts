import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IDependable } from 'constructs';
import { mayAssume } from './assume-permissions';
import { changePermissions } from './change-permissions';
import type { FleetAccounts } from './fleet-accounts';
import { fleetFunction, functionRole } from './fleet-function';
import { inspectionPermissions } from './inspection-permissions';
import { changeRoleOf, readerOf, writerOf } from '../private/fleet-roles';

export interface FleetFunctionsProps {
  readonly reports: IBucket;
  readonly accounts: FleetAccounts;
  /** Where they may work; an undefined list stands for all regions. */
  readonly regions?: readonly string[];
}

/** The functions of a state machine, and what each of them may do: one role for each kind of work. */
export class FleetFunctions {
  private readonly policies: IDependable[] = [];
  private readonly report: LambdaFunction;
  private readonly reader: Role;
  private readonly reporter: Role;
  private readonly starter: Role;
  private isChanging = false;

  constructor(private readonly scope: Construct, private readonly props: FleetFunctionsProps) {
    const { accounts: { _roleName: roleName }, regions } = props;
    this.starter = functionRole(scope, 'StarterRole');
    this.reader = functionRole(scope, 'ReaderRole', roleName && readerOf(roleName));
    this.permitRole('Reader', this.reader, [this.onRuns('s3:PutObject'), ...roleName ? this.listAccounts() : inspectionPermissions(regions)]);
    if (roleName) this.permitAccounts('Reader', this.reader, roleName);
    this.reporter = functionRole(scope, 'ReporterRole');
    this.permitRole('Reporter', this.reporter, [this.onRuns('s3:PutObject'), ...this.readRuns()]);
    this.report = fleetFunction(scope, 'report', this.reporter, 2048);
  }

  /** What an inventory calls. */
  public inspecting() {
    const { scope, reader, starter, report } = this;
    const recorder = functionRole(scope, 'RecorderRole');
    this.permitRole('Recorder', recorder, [this.onRuns('s3:PutObject')]);
    return {
      begin: fleetFunction(scope, 'begin', starter, 256),
      plan: fleetFunction(scope, 'plan', reader, 512),
      inspect: fleetFunction(scope, 'inspect', reader, 512),
      recordFailure: fleetFunction(scope, 'recordFailure', recorder, 256),
      report,
    };
  }

  /** What changes instances calls beside that; only one role may. */
  public changing(refreshesGroups: boolean) {
    const { scope, reader, reporter, report, props: { accounts: { _roleName: roleName }, regions } } = this;
    this.isChanging = true;
    const writer = functionRole(scope, 'WriterRole', roleName && writerOf(roleName));
    this.permitRole('Writer', writer, [
      this.onRuns('s3:PutObject'), ...this.readRuns(), ...this.onLock('s3:GetObject'), ...roleName ? [] : changePermissions(refreshesGroups, regions),
    ]);
    if (roleName) this.permitAccounts('Writer', writer, changeRoleOf(roleName));
    this.permitRole('Watcher', reader, this.readRuns());
    return {
      planWaves: fleetFunction(scope, 'planWaves', reporter, 2048),
      judgeWayBack: fleetFunction(scope, 'judgeWayBack', reporter, 256),
      judgeWave: fleetFunction(scope, 'judgeWave', reporter, 512),
      checkWayBack: fleetFunction(scope, 'checkWayBack', writer, 256),
      change: fleetFunction(scope, 'change', writer, 512),
      restore: fleetFunction(scope, 'restore', writer, 512),
      changeSources: fleetFunction(scope, 'changeSources', writer, 512),
      restoreSources: fleetFunction(scope, 'restoreSources', writer, 512),
      watch: fleetFunction(scope, 'watch', reader, 512),
      report,
    };
  }

  /** Lets a run that changes something see whether another one does; a run that came before its permissions would report that everything is denied. */
  public permit(stateMachine: StateMachine): void {
    stateMachine.node.addDependency(...this.policies);
    if (!this.isChanging) return;
    const executions = Stack.of(stateMachine).formatArn({
      service: 'states', resource: 'execution', arnFormat: ArnFormat.COLON_RESOURCE_NAME, resourceName: `${stateMachine.stateMachineName}:*`,
    });
    new Policy(this.scope, 'StarterPermissions', {
      roles: [this.starter],
      statements: [
        ...this.onLock('s3:GetObject', 's3:PutObject'),
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
  }

  private permitRole(id: string, role: Role, statements: PolicyStatement[]): void {
    this.policies.push(new Policy(this.scope, `${id}Permissions`, { roles: [role], statements }));
  }

  private onRuns(...actions: string[]): PolicyStatement {
    return new PolicyStatement({ actions, resources: [this.props.reports.arnForObjects('runs/*')] });
  }

  private readRuns(): PolicyStatement[] {
    return [
      this.onRuns('s3:GetObject'),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.props.reports.bucketArn], conditions: { StringLike: { 's3:prefix': 'runs/*' } } }),
    ];
  }

  private onLock(...actions: string[]): PolicyStatement[] {
    const { reports } = this.props;
    return [
      new PolicyStatement({ actions, resources: [reports.arnForObjects('lock.json')] }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [reports.bucketArn], conditions: { StringEquals: { 's3:prefix': 'lock.json' } } }),
    ];
  }

  private permitAccounts(id: string, role: Role, roleName: string): void {
    this.policies.push(...mayAssume(this.scope, `${id}Accounts`, role, roleName, this.asked));
  }

  private listAccounts(): PolicyStatement[] {
    return this.asked ? [] : [new PolicyStatement({ actions: ['organizations:ListAccounts'], resources: ['*'] })];
  }

  private get asked(): readonly string[] | undefined {
    return this.props.accounts._askedBy(Stack.of(this.scope).account);
  }
}
