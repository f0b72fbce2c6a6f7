import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Approval, Imdsv2FleetRollout, type Imdsv2FleetRolloutProps } from '../../src';

const ENV = { account: '111111111111', region: 'us-east-1' };
export const ROLE = { roleName: 'imdsv2-inspection' };

export function stackWith(build: (stack: Stack) => void): Template {
  const stack = new Stack(new App(), 'S', { env: ENV });
  build(stack);
  return Template.fromStack(stack);
}

export const rollout = (props?: Imdsv2FleetRolloutProps) => stackWith((stack) => void new Imdsv2FleetRollout(stack, 'Fleet', props));

/** The definition with every reference as its logical id. */
export function definitionOf(template: Template): any {
  const [{ Properties }] = Object.values<any>(template.findResources('AWS::StepFunctions::StateMachine'));
  const [, parts] = Properties.DefinitionString['Fn::Join'];
  return JSON.parse(parts.map((part: any) => typeof part === 'string' ? part : part.Ref ?? part['Fn::GetAtt'][0]).join(''));
}

/** What each role may do, but for writing its own log. */
export function permissions(template: Template): { [role: string]: any[] } {
  const roles: { [role: string]: any[] } = {};
  const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => Object.values<any>(template.findResources(type)));
  for (const { Properties: { Roles, PolicyDocument } } of policies) {
    const name = Roles[0].Ref.replace(/[0-9A-F]{8}$/, '');
    (roles[name] ??= []).push(...PolicyDocument.Statement.filter(({ Action }: any) => !String(Action).startsWith('logs:')));
  }
  return roles;
}

export const actionsOf = (statements: readonly any[]): string[] => statements.flatMap(({ Action }) => Action);

/** A rollout that changes something, and asks nobody. */
export const CHANGING: Imdsv2FleetRolloutProps = { dryRun: false, approval: Approval.none() };

/** Every state by its name, those in maps among them. */
export const statesOf = (machine: any): Array<[string, any]> => Object.entries<any>(machine.States)
  .flatMap(([name, state]): Array<[string, any]> => [[name, state], ...state.ItemProcessor ? statesOf(state.ItemProcessor) : []]);

export const tasksOf = (machine: any): Array<[string, any]> => statesOf(machine).filter(([, { Type }]) => Type === 'Task');
