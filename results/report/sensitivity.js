'use strict';
// Of a sensitivity sweep: who wins how surely, and which constants decide it.

const groupTitle = row => (severalWorkloads ? `${row.workload}, ` : '') + `batch ${row.tokens}, ${row.objective}`;

const unitOf = objective => ({seconds: 's', seconds_per_token: 's', joules: 'J', joules_per_token: 'J', watts: 'W'}[objective] || '');

const writeRanking = node => {
  const rows = sweep.ranking.map(r => ({...r, group: groupTitle(r), text: `${(100 * r.wins).toFixed(1)} % ± ` +
    `${(100 * r.standard_error).toFixed(1)}`}));
  addChart(node, {name: 'ranking', title: 'Who wins', subtitle: `share of ${rows[0].samples} draws of all constants`, rows,
    caption: 'Every constant is drawn from its interval by itself; in each draw the machine of the best result wins.',
    alternative: rows.slice(0, 36).map(r => `${r.group}: ${r.machine} ${r.text}`).join('; ') + '.'});
  const grid = element('div', {class: 'charts'});
  node.append(grid);
  for (const [objective, own] of grouped(rows, r => r.objective)) {
    const unit = unitOf(objective);
    if (own.some(r => !(r.p05 > 0))) continue; // nothing for a logarithmic scale
    const spread = own.slice(0, 24).map(r => ({label: `${r.machine}, ${severalWorkloads ? r.workload + ', ' : ''}batch ${r.tokens}`,
      machine: r.machine, low: r.p05, high: r.p95, nominal: r.median, short: quantity(r.median, unit),
      text: `median ${quantity(r.median, unit)}, 90 % of the draws from ${quantity(r.p05, unit)} to ${quantity(r.p95, unit)}`}));
    addChart(grid, {name: 'interval', title: `Draws of ${objective}`, rows: spread, words: {X_TITLE: objective, X_UNIT: unit},
      caption: 'Point: median; bar: nine tenths of the draws.', alternative: listed(spread)});
  }
};

const tornadoRows = own => own.filter(r => r.swing > 0).slice(0, 12).flatMap(r => {
  const unit = unitOf(r.objective), flips = r.flips ? ' (turns the ranking)' : '';
  return [['at its low end', r.at_low], ['at its high end', r.at_high]].map(([end, value]) => ({
    constant: r.constant + (r.flips ? ' ◆' : ''), end, nominal: r.nominal, value, confidence: r.confidence, source: r.source,
    text: `${quantity(value, unit)}${flips}`}));
});

const writeTornado = (node, own) => {
  const first = own[0], unit = unitOf(first.objective), rows = tornadoRows(own);
  if (!rows.length)
    return node.append(element('p', {class: 'note'}, `${first.machine}, ${groupTitle(first)}: no constant moves it.`));
  const flipping = own.filter(r => r.flips).map(r => r.constant);
  addChart(node, {name: 'tornado', title: first.machine, subtitle: groupTitle(first), rows,
    words: {X_TITLE: first.objective, X_UNIT: unit},
    caption: `Nominal ${quantity(first.nominal, unit)}. ` + (flipping.length ? '◆ turns the ranking by itself.' :
      'None of them turns the ranking by itself.'),
    alternative: rows.map(r => `${r.constant} ${r.end}: ${r.text}`).join('; ') + '.'});
};

const writeSensitivity = () => {
  if (!sweep?.ranking?.length) return;
  writeRanking(section('ranking', 'Who wins', 'How sure the ranking is while all constants are uncertain at once.'));
  const node = section('tornado', 'What decides it', 'Each constant alone at both ends of its interval, all others nominal; ' +
    'the widest first.');
  const groups = [...grouped(sweep.tornado, r => `${r.machine}: ${groupTitle(r)}`)];
  const grid = element('div', {class: 'charts wide'});
  if (groups.length > 4) {
    const select = element('select', {id: 'tornado-of'}, ...groups.map(([title], i) => element('option', {value: i}, title)));
    select.addEventListener('change', () => {
      grid.replaceChildren();
      writeTornado(grid, groups[select.value][1]);
      dropDetached();
      drawAll();
    });
    node.append(element('p', {class: 'chooser'}, element('label', {for: 'tornado-of'}, 'Constants of '), select));
    writeTornado(grid, groups[0][1]);
  } else {
    for (const [, own] of groups) writeTornado(grid, own);
  }
  node.append(grid);
};
