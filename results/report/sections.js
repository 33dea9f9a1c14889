'use strict';
// What is shown machine by machine. With many records one is chosen; with a few all are shown.

const kindOrder = {active: 0, idle: 1, static: 2};

const energyRows = record => {
  const perToken = 1 / record.tokens;
  return record.energy.filter(line => line.joules.nominal > 0).map(line => ({
    label: record.label, component: line.component, action: line.action, kind: line.kind, count: line.count,
    energy: line.joules.nominal * perToken, order: kindOrder[line.kind], text: withEnds(scaled(line.joules, perToken), 'J'),
    share: line.joules.nominal / record.joules.nominal})).sort((a, b) => b.energy - a.energy);
};

// Components by their energy, largest first; the first row of each carries the component's total.
const withTotals = rows => {
  const totals = new Map();
  for (const row of rows) totals.set(row.component, (totals.get(row.component) || 0) + row.energy);
  const seen = new Set();
  return rows.map(row => {
    const total = totals.get(row.component), first = !seen.has(row.component);
    seen.add(row.component);
    return {...row, total, first, totalText: quantity(total, 'J')};
  }).sort((a, b) => b.total - a.total);
};

const energyColumns = [
  {title: 'Component', cell: r => r.component}, {title: 'Action', cell: r => r.action}, {title: 'Kind', cell: r => r.kind},
  {title: 'Count', number: true, cell: r => r.count ? r.count.toLocaleString('en') : ''},
  {title: `Energy per ${unitOfWork}`, number: true, cell: r => r.text},
  {title: 'Share', number: true, cell: r => `${(100 * r.share).toFixed(1)} %`},
];

const largest = rows => rows.slice(0, 5)
  .map(r => `${r.component} ${r.action} (${r.kind}) ${(100 * r.share).toFixed(1)} %`).join('; ') + '.';

const writeEnergy = (node, chosen) => {
  if (overview.length > 1) {
    const rows = overview.flatMap(record => Object.keys(kindOrder).map(kind => {
      const energy = record.energy.filter(line => line.kind === kind)
        .reduce((sum, line) => sum + line.joules.nominal, 0) / record.tokens;
      return {label: record.label, kind, energy, order: kindOrder[kind], text: quantity(energy, 'J'),
        share: energy / record.energyPerToken.nominal};
    })).filter(row => row.energy > 0);
    addChart(node, {name: 'kinds', title: 'Active, idle and static energy', rows, alternative: rows
      .slice(0, 36).map(r => `${r.label} ${r.kind} ${(100 * r.share).toFixed(0)} %`).join('; ') + '.'});
  }
  const grid = element('div', {class: 'charts'});
  node.append(grid);
  for (const record of chosen) {
    const rows = energyRows(record);
    if (!rows.length) continue;
    const totals = withTotals(rows);
    const chart = addChart(grid, {name: 'energy', title: 'Energy by component and action', subtitle: record.label,
      rows: totals, words: {X_UNIT: 'J', X_MAX: 1.2 * totals[0].total}, alternative: `Largest: ${largest(rows)}`});
    chart.figure.append(details('These figures as a table', table(`Energy of ${record.label}`, energyColumns, rows)));
  }
};

const writeStages = (node, chosen) => {
  for (const record of chosen.filter(r => r.stages.length)) {
    const rows = record.stages.map(stage => ({name: stage.name, start: stage.start, end: stage.start + stage.seconds,
      from: quantity(stage.start, 's'), text: quantity(stage.seconds, 's')}));
    addChart(node, {name: 'stages', title: 'Stages', subtitle: record.label, rows, words: {X_UNIT: 's'}, alternative: rows.slice(0, 20)
      .map(r => `${r.name} starts at ${r.from} and takes ${r.text}`).join('; ') + '.'});
  }
};

const writeHeatMaps = (node, chosen) => {
  for (const record of chosen)
    for (const map of record.heat_maps.filter(m => m.value.length && !m.name.startsWith('floor_'))) {
      const rows = map.value.map((value, i) => ({x: i % map.width, y: Math.floor(i / map.width), value}));
      const most = rows.reduce((a, b) => b.value > a.value ? b : a);
      const mean = rows.reduce((sum, row) => sum + row.value, 0) / rows.length;
      const chart = addChart(node, {name: 'heat_map', title: map.title, subtitle: record.label, rows,
        caption: `Colour: ${map.unit}. Highest ${rounded(most.value, 3)} at x ${most.x}, y ${most.y}; mean ` +
          `${rounded(mean, 3)}.`, alternative: `${map.width} by ${map.height}.`});
      if (map.width > 2 * map.height) chart.figure.classList.add('whole');
      chart.aspect = map.height / map.width;
      chart.words = {UNIT: map.unit, FORMAT: /share/.test(map.unit) ? '.3~p' : '.4~s'};
    }
};

// Links leave a site at its east, west, north or south side, opposite directions side by side.
const linkEnds = [{x: .35, y: -.15, x2: .65, y2: -.15}, {x: -.65, y: .15, x2: -.35, y2: .15},
  {x: .15, y: -.65, x2: .15, y2: -.35}, {x: -.15, y: .35, x2: -.15, y2: .65}];
const sides = ['east', 'west', 'north', 'south'];

// Below switches: up to the switch, and down from there.
const treeEnds = {x: -.15, y: -.65, x2: -.15, y2: -.35}, treeSides = ['', '', 'up to its switch', 'down from its switch'];

const floorRows = (held, links) => {
  const tree = held.value.some(kind => kind < -1);
  const place = i => ({x: i % held.width, y: Math.floor(i / held.width)});
  const what = kind => kind < -1 ? `nothing: a switch of level ${-1 - kind}` : kind < 0 ? 'nothing' : kind === 0 ? 'the hub' : `expert ${kind - 1}`;
  const tiles = held.value.map((kind, i) => {
    const {x, y} = place(i);
    return {tile: true, kind, what: `mostly ${what(kind)}`, site: `x ${x}, y ${y}`, x: x - .35, x2: x + .35, y: y - .35, y2: y + .35};
  });
  const lines = links.value.map((busy, i) => {
    const {x, y} = place(Math.floor(i / 4)), ends = tree && i % 4 === 3 ? treeEnds : linkEnds[i % 4];
    const where = tree ? treeSides[i % 4] : `to the ${sides[i % 4]}`;
    return {tile: false, busy, text: quantity(busy, links.unit), site: `x ${x}, y ${y}, ${where}`,
      x: x + ends.x, x2: x + ends.x2, y: y + ends.y, y2: y + ends.y2};
  }).filter(line => line.busy > 0);
  return {tiles, lines};
};

// The floor before and after placing, drawn to one scale.
const writeFloors = (node, chosen) => {
  for (const record of chosen) {
    const map = name => record.heat_maps.find(m => m.name === name);
    const pairs = ['before', 'after'].map(when => [map(`floor_held_${when}`), map(`floor_links_${when}`)]);
    if (!pairs.every(([held, links]) => held && links)) continue;
    const drawn = pairs.map(([held, links]) => floorRows(held, links));
    const busiest = drawn.map(({lines}) => lines.reduce((a, b) => b.busy > a.busy ? b : a, {busy: 0, text: '0 s', site: 'none'}));
    const most = Math.max(...busiest.map(line => line.busy));
    const experts = Math.max(2, ...pairs.flatMap(([held]) => held.value));
    drawn.forEach(({tiles, lines}, i) => {
      const [held, links] = pairs[i];
      const total = lines.reduce((sum, line) => sum + line.busy, 0);
      const text = `Busiest link: ${busiest[i].text} per token (${busiest[i].site}); all together ${quantity(total, links.unit)}.`;
      const chart = addChart(node, {name: 'floor', title: `${i ? 'After' : 'Before'}: ${held.title}`, subtitle: record.label,
        rows: [...tiles, ...lines], caption: `${text} Thicker: busier. Full: the hub; a shade per expert; empty: nothing.`,
        alternative: `${held.width} by ${held.height} tiles. ${text} The hub is at ` + (tiles.filter(tile => tile.kind === 0)
          .slice(0, 12).map(tile => tile.site).join('; ') || 'no tile of its own') + '.',
        words: {MOST: most || 1, EXPERTS: experts, ACROSS: held.width - .5, DOWN: held.height - .5}});
      chart.aspect = held.height / held.width;
    });
  }
};

const writeCurves = (node, chosen) => {
  for (const record of chosen)
    for (const curve of record.curves.filter(c => c.x.length)) {
      const rows = curve.x.map((x, i) => ({x, y: curve.y[i]}));
      const most = rows.reduce((a, b) => b.y > a.y ? b : a);
      addChart(node, {name: 'curve', title: curve.title, subtitle: record.label, rows,
        words: {X_TITLE: curve.x_unit === 's' ? 'Time' : curve.x_unit, Y_TITLE: curve.y_unit,
          X_UNIT: curve.x_unit === 's' ? 's' : ''},
        alternative: `Highest ${rounded(most.y, 3)} ${curve.y_unit} at ${quantity(most.x, curve.x_unit)}.`});
    }
};

const writeBounds = node => {
  const rows = overview.flatMap(r => r.bound_share.filter(([, share]) => share > 0)
    .map(([resource, share]) => ({label: r.label, resource, share})));
  if (rows.length) addChart(node, {name: 'bounds', title: 'What limits each machine', rows, alternative: rows.slice(0, 24)
    .map(r => `${r.label} ${r.resource} ${(100 * r.share).toFixed(0)} %`).join('; ') + '.'});
};

const writeConstants = (node, chosen) => {
  for (const record of chosen.filter(r => r.constants.length)) {
    const byWidth = [...record.constants].sort((a, b) => b.energy_width - a.energy_width);
    const sum = byWidth.reduce((total, c) => total + c.energy_width, 0);
    const dominant = new Set(byWidth.slice(0, 3).filter(c => c.energy_width > 0));
    node.append(element('h3', {}, record.label));
    if (sum > 0) {
      node.append(element('p', {}, 'The width of the energy comes mostly from ' +
        [...dominant].map(c => `${c.path} (${(100 * c.energy_width / sum).toFixed(0)} %)`).join(', ') + '.'));
      const rows = byWidth.slice(0, 10).filter(c => c.energy_width > 0).map(c => ({path: c.path, value_text: c.value_text,
        share: c.energy_width / sum, dominant: dominant.has(c), text: quantity(c.energy_width, 'J'),
        confidence: c.confidence, source: c.source_title || c.source}));
      addChart(node, {name: 'widths', title: 'What the width of the energy comes from', subtitle: record.label, rows,
        alternative: rows.map(r => `${r.path} ${(100 * r.share).toFixed(0)} %`).join('; ') + '.'});
    }
    node.append(details(`All ${record.constants.length} constants of ${record.label} with their sources`,
      table(`Constants of ${record.label}, by the width they give`, constantColumns, byWidth,
        c => dominant.has(c) ? 'dominant' : '')));
  }
};

const statisticColumns = [
  {title: 'Statistic', cell: s => s.name}, {title: 'Value', number: true, cell: s => s.value.toLocaleString('en',
    {maximumSignificantDigits: 6})}, {title: 'Unit', cell: s => s.unit}, {title: 'Scope', cell: s => s.scope},
  {title: 'Meaning', cell: s => s.description},
];

const writeNotes = (node, chosen) => {
  for (const record of chosen) {
    if (!record.notes.length && !record.statistics.length) continue;
    node.append(element('h3', {}, record.label));
    if (record.machine_title) node.append(element('p', {}, `${record.machine_title}, ${record.chips} chip${record.chips === 1 ? '' : 's'}` +
      (record.power_limit ? `, published power limit ${quantity(record.power_limit, 'W')}.` : '.')));
    if (record.notes.length) node.append(element('ul', {}, ...record.notes.map(note => element('li', {}, note))));
    if (record.statistics.length) node.append(details(`${record.statistics.length} statistics`,
      table(`Statistics of ${record.label}`, statisticColumns, record.statistics)));
  }
};
