import { usersOf, type RemedySubject } from './followers';
import { stringsOf, userDataIn } from '../posture/boot-text';
import { containerImageAmong, containersStartedBy } from '../posture/container-runtime';
import { section, type TemplateDocument } from '../posture/template-document';
import { isStruct, valueAt, type Json } from '../private/json';

type Host = Pick<RemedySubject, 'resource' | 'source' | 'world'>;

/** Why the instances of a launch source run containers, as far as the templates tell. */
export function hostOf(host: Host): string | undefined {
  const { resource: { body, document }, source } = host;
  const used = usedByContainerService(host);
  if (used) return used;
  const image = source.imagePath && valueAt(body.Properties, source.imagePath);
  return containerImageAmong(imageNames(image, document)) ?? containersStartedBy(userDataIn(body.Type, body.Properties));
}

function usedByContainerService({ resource, source, world }: Host, depth = 0): string | undefined {
  if (source.containerHost || depth > 2) return source.containerHost;
  for (const follower of usersOf(resource, world)) {
    const reason = usedByContainerService({ ...follower, world }, depth + 1);
    if (reason) return reason;
  }
  return undefined;
}

/** The names in an image's property; of a parameter its default, which is the name of an SSM parameter where the image is looked up. */
function imageNames(image: Json, document: TemplateDocument): string[] {
  const name = isStruct(image) ? image.Ref : undefined;
  return stringsOf(typeof name === 'string' ? valueAt(section(document, 'Parameters'), [name, 'Default']) : image);
}
