import { count, flag, knownMembers, through, type Problems } from './values';
import { type Json, type Struct } from '../../private/json';

const MAPPING = ['DeviceName', 'Ebs', 'NoDevice', 'VirtualName'];
const VOLUME = ['DeleteOnTermination', 'Encrypted', 'Iops', 'SnapshotId', 'Throughput', 'VolumeSize', 'VolumeType'];

/** `BlockDeviceMappings` of a launch configuration as those of a launch template. */
export function blockDevices(value: Json, problems: Problems): Json {
  return through(value, (list) => {
    if (list === undefined) return undefined;
    if (Array.isArray(list)) return list.map((mapping) => through(mapping, (one) => device(one, problems)));
    problems.push('its BlockDeviceMappings are made by a function at deployment');
    return undefined;
  });
}

function device(value: Json, problems: Problems): Json {
  const mapping = knownMembers(value, MAPPING, 'BlockDeviceMappings', problems);
  return mapping && withMembers(mapping, {
    NoDevice: through(mapping.NoDevice, (omitted) => noDevice(omitted, problems)),
    Ebs: through(mapping.Ebs, (ebs) => volume(ebs, problems)),
  });
}

/** A launch template omits a device by an empty text in the place of `true`. */
function noDevice(value: Json, problems: Problems): Json {
  const omitted = flag(value, 'NoDevice', problems);
  if (omitted === undefined || omitted === false) return undefined;
  if (omitted === true) return '';
  problems.push('its NoDevice is known only at deployment, and a launch template has another value in its place');
  return undefined;
}

/** Auto Scaling deletes a volume with its instance unless told otherwise; whether EC2 does is not left to chance. */
function volume(value: Json, problems: Problems): Json {
  const ebs = knownMembers(value, VOLUME, 'Ebs', problems);
  if (!ebs) return undefined;
  const numbers = ['Iops', 'Throughput', 'VolumeSize'].map((name): [string, Json] => [name, through(ebs[name], (one) => count(one, name, problems))]);
  return withMembers(ebs, {
    ...Object.fromEntries(numbers),
    Encrypted: through(ebs.Encrypted, (one) => flag(one, 'Encrypted', problems)),
    DeleteOnTermination: through(ebs.DeleteOnTermination, (one) => flag(one ?? true, 'DeleteOnTermination', problems)),
  });
}

/** The structure with some members replaced, or taken out where they are undefined. */
function withMembers(value: Struct, members: Struct): Struct {
  return Object.fromEntries(Object.entries({ ...value, ...members }).filter(([, member]) => member !== undefined));
}
