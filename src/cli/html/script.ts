/** The filter and the copy buttons. Both are hidden in the markup, so that without this script nothing is missing. */
export const SCRIPT = `
(() => {
  const form = document.getElementById('filter');
  if (form) {
    const text = document.getElementById('filter-text');
    const severity = document.getElementById('filter-severity');
    const rule = document.getElementById('filter-rule');
    const shown = document.getElementById('shown');
    const rows = [...document.querySelectorAll('#findings-table > tbody > tr')]
      .map((row) => ({ row, words: row.textContent.toLowerCase() }));

    const apply = () => {
      const wanted = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
      let count = 0;
      for (const { row, words } of rows) {
        const matches = wanted.every((word) => words.includes(word))
          && (!severity.value || row.dataset.severity === severity.value)
          && (!rule.value || row.dataset.rule === rule.value);
        row.hidden = !matches;
        if (matches) count++;
      }
      shown.textContent = count + ' of ' + rows.length + (rows.length === 1 ? ' finding' : ' findings') + ' shown';
    };

    form.addEventListener('input', apply);
    // A reset empties the fields only after its event.
    form.addEventListener('reset', () => setTimeout(apply));
    form.addEventListener('submit', (event) => event.preventDefault());
    form.hidden = false;
    // Browsers bring back what was typed when a page is loaded again.
    if (text.value || severity.value || rule.value) apply();
  }

  for (const button of document.querySelectorAll('button.copy')) {
    const code = button.closest('.code').querySelector('code');
    button.addEventListener('click', async () => {
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'Selected';
      }
    });
    button.hidden = false;
  }
})();
`;
