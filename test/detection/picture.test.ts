import { readFileSync } from 'fs';
import { resolve } from 'path';
import { dashboardPicture } from '../../projenrc/dashboard-picture';
import '../support';

test('the committed picture is of the widgets that are synthesized', () => {
  expect(readFileSync(resolve(__dirname, '../../docs/images/dashboard.svg'), 'utf8')).toBe(dashboardPicture());
});
