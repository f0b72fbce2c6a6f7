import { readFileSync } from 'fs';
import { resolve } from 'path';
import { controlsPage } from '../../../projenrc/controls-page';
import { CONTROLS } from '../../../src/checks/controls/controls';

const page = controlsPage();

test('the committed page is the generated one', () => {
  expect(readFileSync(resolve(__dirname, '../../../docs/controls.md'), 'utf8')).toBe(page);
});

test.each(CONTROLS.map((control) => [control.id, control] as const))('%s has its row and its note', (id, { note, ...control }) => {
  const { title, passes, fails, skips, documentation } = control;
  const rows = page.split('\n').filter((line) => line.startsWith(`| **${id}** ${title} |`));
  expect(rows).toHaveLength(1);
  for (const text of [passes, fails, skips, `](${documentation})`]) expect(rows[0]).toContain(text);
  // A row of eight cells: no text breaks the table.
  expect(rows[0].split('|')).toHaveLength(10);
  if (note) expect(page).toContain(`- **${id}**: ${note}\n`);
});
