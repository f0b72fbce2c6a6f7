import type { Address, AdviceRemedy, Edit, EditEffect, EditRemedy, Remedy, ScriptRemedy } from '../remedies/remedy';

/** A remedy's resource, by the file of its template. */
type InFile<T extends Address> = Omit<T, 'document'> & { readonly template: string };

/** A remedy as reports give it to other programs. */
export type ReportedRemedy =
  | Omit<EditRemedy, 'edits' | 'effects'> & { readonly edits: ReadonlyArray<InFile<Edit>>; readonly effects: ReadonlyArray<InFile<EditEffect>> }
  | InFile<ScriptRemedy>
  | AdviceRemedy;

/** @param templateOf the name of the file with a document's template */
export function reportedRemedy(remedy: Remedy, templateOf: (document: string) => string): ReportedRemedy {
  const inFile = <T extends Address>({ document, ...rest }: T): InFile<T> => ({ template: templateOf(document), ...rest });
  switch (remedy.kind) {
    case 'edit': return { ...remedy, edits: remedy.edits.map(inFile), effects: remedy.effects.map(inFile) };
    case 'script': return inFile(remedy);
    case 'advice': return remedy;
  }
}
