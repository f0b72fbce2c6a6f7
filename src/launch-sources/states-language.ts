import { CALL_SIGN, launchesOf, UNKNOWN, type ApiCall } from './api-calls';
import { embedding, type EmbeddedLaunch } from './embedded';
import { openText } from './embedded-text';
import type { LaunchSourceType } from './launch-source';
import { isStruct, valueAt, type Json, type Struct } from '../private/json';

const DEFINITIONS = ['DefinitionString', 'Definition'];
const SUBSTITUTIONS = 'DefinitionSubstitutions';

/** A type that holds a definition in Amazon States Language, whose tasks may call the API of EC2. */
export function stateMachine(source: Pick<LaunchSourceType, 'type' | 'documentation'>): LaunchSourceType {
  return embedding({
    ...source,
    name: 'state machine',
    embedded: 'the arguments of tasks that call RunInstances, CreateLaunchTemplate and the like, in its definition',
    reads: [...DEFINITIONS, SUBSTITUTIONS].map((property) => [property]),
    sign: CALL_SIGN,
    opened: (properties) => Object.fromEntries(DEFINITIONS.filter((property) => property in properties)
      .map((property) => [property, withoutInput(openText(properties[property], properties[SUBSTITUTIONS]))])),
    launchesIn: (opened) => launchesBelow(opened, []),
  });
}

/** The calls of every task, those of branches and iterations included. */
function launchesBelow(value: Json, path: readonly string[]): EmbeddedLaunch[] {
  if (typeof value !== 'object' || value === null) return [];
  const call = isStruct(value) ? callOf(value, path) : undefined;
  return [
    ...call ? launchesOf(call) : [],
    ...Object.entries(value).flatMap(([key, member]) => launchesBelow(member, [...path, key])),
  ];
}

/** The call that a task makes itself, or that the CDK's function for another region makes for it. */
function callOf(state: Struct, path: readonly string[]): ApiCall | undefined {
  if (state.Resource === undefined) return undefined;
  const [, service, action] = /:aws-sdk:(\w+):(\w+)/.exec(JSON.stringify(state.Resource)) ?? [];
  const given = 'Arguments' in state ? 'Arguments' : 'Parameters';
  // Without any, what the state is given goes into the call.
  if (service !== undefined) return { service, action, parameters: given in state ? state[given] : UNKNOWN, path: [...path, given] };
  const payload = valueAt(state[given], ['Payload']) === undefined ? [given] : [given, 'Payload'];
  const { service: other, action: called, parameters } = valueAt(state, payload) as Partial<Record<string, Json>> ?? {};
  return typeof other === 'string' && typeof called === 'string'
    ? { service: other, action: called, parameters, path: [...path, ...payload, 'parameters'] }
    : undefined;
}

/** A definition in which what comes from a state's input is known to be unknown: `"Name.$": path`, and expressions of JSONata. */
function withoutInput(value: Json): Json {
  if (typeof value === 'string') return /^\{%[\s\S]*%\}$/.test(value) ? UNKNOWN : value;
  if (Array.isArray(value)) return value.map(withoutInput);
  if (!isStruct(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => key.endsWith('.$') ? [key.slice(0, -2), UNKNOWN] : [key, withoutInput(member)]));
}
