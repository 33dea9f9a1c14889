'use strict';
// The page, section by section.

const manyRecords = records.length > 6;
// Of many, tables list the GPUs (of a sweep, which varies them too, those that others are compared with) and the Pareto
// front first; all are in the Pareto chart and in stats.json.
const onlyBaselines = records.every(isBaseline);
const rank = r => isBaseline(r) && !onlyBaselines && (!sweep || baselineOf(r) === r) ? 0 : r.front ? 1 : 2;
const ranked = [0, 1, 2].map(() => []);
for (const record of records) ranked[rank(record)].push(record);
const shown = manyRecords ? ranked.flat().slice(0, 200) : records;
if (lazyLabels) for (const record of shown) label(record, record.at);

const overview = shown.slice(0, 24); // what charts that compare machines can hold

const writeHeader = () => {
  const title = runs.length === 1 ? runs[0].title : `${runs.length} runs of moesaic`;
  byId('title').textContent = title;
  document.title = `${title}: moesaic report`;
  const sentences = sweep ? sweep.findings : runs.flatMap(run => run.verdict);
  for (const reason of new Set(runs.flatMap(run => run.left_out)))
    byId('verdict').append(element('p', {}, sweep ? `Left out: ${reason}` : `Cannot run: ${reason}`));
  if (sweep || sentences.length <= 6) {
    for (const sentence of sentences) byId('verdict').append(element('p', {}, sentence));
    if (!sentences.length) byId('verdict').append(element('p', {}, 'No baseline is in this run, so there is no verdict.'));
    return;
  }
  const gpus = grouped(records.filter(isBaseline), groupOf);
  const best = (r, key) => Math.min(...gpus.get(groupOf(r)).map(key));
  const compared = records.filter(r => !isBaseline(r) && baselineOf(r));
  const wins = key => compared.filter(r => key(r) < best(r, key)).length;
  byId('verdict').append(element('p', {}, `Of ${compared.length} results that have a ${baselineWord} beside them, ` +
    `${wins(r => r.seconds.nominal)} win in latency and ${wins(r => r.joules.nominal)} in energy; ` +
    `in all the others the ${baselineWord} wins.`), details('Every verdict',
    element('ul', {}, ...sentences.slice(0, 200).map(sentence => element('li', {}, sentence)))));
};

const writeSummary = () => {
  const node = section('summary', 'Summary',
    'In parentheses the interval that the confidence of the constants gives. ' +
    `Against ${baselineWord}: cost relative to the first ${baselineWord} with the same ${ofQueries ? 'query' : 'batch'}; ` +
    `below 1 is cheaper than the ${baselineWord}.` + (records.some(r => nodeOf(r.machine)) ? ' Machines named @ and a process ' +
    'node are scaled to it by published factors and compared with each other; all others are as built.' : ''));
  const first = !manyRecords || (severalBatches && shown.length <= 60) ? shown.length :
    Math.min(shown.length, Math.max(12, Math.min(40, shown.filter(r => rank(r) < 2).length)));
  node.append(table(first < shown.length ? `What each machine costs: the ${baselineWord}s and the Pareto front first` :
    'What each machine costs', summaryColumns, shown.slice(0, first)));
  if (first < shown.length)
    node.append(lazyDetails(`${shown.length - first} more of ${records.length} results`,
      () => table('More results', summaryColumns, shown.slice(first))));
};

const intervalRows = (key, unit) => overview.filter(r => key(r).nominal > 0).map(r => ({
  label: r.label, machine: r.machine, ...key(r), text: withEnds(key(r), unit), short: quantity(key(r).nominal, unit)}));

const listed = rows => rows.slice(0, 12).map(row => `${row.label}: ${row.text}`).join('; ') + '.';

const writeCosts = () => {
  const node = section('costs', 'Latency and energy', 'Logarithmic scales; the bars are intervals. Further left is better.');
  const grid = element('div', {class: 'charts'});
  node.append(grid);
  const batch = records.some(r => r.tokens > 1);
  for (const [title, key, unit, words] of [
    [batch ? 'Latency of the batch' : `Latency per ${unitOfWork}`, r => r.seconds, 's', 'Latency'],
    [`Energy per ${unitOfWork}`, r => r.energyPerToken, 'J', `Energy per ${unitOfWork}`]]) {
    const rows = intervalRows(key, unit);
    addChart(grid, {name: 'interval', title, rows, alternative: listed(rows), words: {X_TITLE: words, X_UNIT: unit}});
  }
};

// What a point of the Pareto chart says; a row of many points says it only when it is pointed at.
const paretoTexts = r => ({label: r.label, latencyText: withEnds(r.seconds, 's'), energyText: withEnds(r.energyPerToken, 'J')});
const paretoTooltip = (r, others) => Object.entries({machine: r.label ?? labelOf(r, r.at), latency: withEnds(r.seconds, 's'),
  [`energy per ${unitOfWork}`]: withEnds(r.energyPerToken, 'J'), chips: r.chips, 'on the front': r.front,
  ...(others > 1 ? {'at this spot': `${others} results`} : {})});

// Of results of one machine that lie closer together than half a point's width, the first: the others' points would cover
// it. {record, count}; those on the front all stay.
const apart = drawn => {
  const across = 400, down = 120; // of some 1200 x 360 pixels
  const cellsOf = (cost, cells) => {
    const values = Float64Array.from(drawn, cost).map(Math.log);
    const least = values.reduce((a, b) => Math.min(a, b)), most = values.reduce((a, b) => Math.max(a, b));
    return values.map(v => most > least ? Math.floor(cells * (v - least) / (most - least)) : 0);
  };
  const x = cellsOf(r => r.seconds.nominal, across), y = cellsOf(r => r.energyPerToken.nominal, down);
  const order = new Map(machines.map((machine, i) => [machine, i]));
  const spots = new Map(), points = [];
  drawn.forEach((record, i) => {
    const spot = (order.get(record.machine) * (across + 1) + x[i]) * (down + 1) + y[i], known = spots.get(spot);
    if (known && !record.front) { ++known.count; return; }
    const point = {record, count: 1};
    points.push(point);
    if (!known) spots.set(spot, point);
  });
  return points;
};

const writePareto = () => {
  const drawn = records.filter(r => r.joules.nominal > 0), many = drawn.length > 2000;
  // On a phone the names would leave no room for the points; a sweep's designs, whose names are long, lie close together.
  const named = records.length <= 16 && byId('main').clientWidth >= 640;
  const points = many ? apart(drawn) : drawn.map(record => ({record}));
  const rows = points.map(({record: r}, i) => ({machine: r.machine, workload: r.workload, kind: r.kind, front: r.front, chips: r.chips,
    latency: r.seconds.nominal, energy: r.energyPerToken.nominal, ...(many ? {point: i} : {...paretoTexts(r),
      named, labelled: named && (r.front || !sweep), latencyLow: r.seconds.low, latencyHigh: r.seconds.high, energyLow: r.energyPerToken.low,
      energyHigh: r.energyPerToken.high})}));
  if (rows.length < 2) return;
  const node = section('pareto', 'Pareto front', 'Large points joined by the dashed line: no other result has both less ' +
    'latency and less energy. Point at one to read it.' + (points.length < drawn.length ? ` ${points.length} points stand for ` +
    `${drawn.length} results: of one machine's that would cover each other, one is drawn.` : ''));
  const front = drawn.filter(r => r.front);
  const chart = addChart(node, {name: 'pareto', title: 'Latency against energy', rows, words: {X_UNIT: 's', Y_UNIT: 'J',
    ...axisScale('X', rows.flatMap(row => row.named ? [row.latencyLow, row.latencyHigh] : [row.latency])),
    ...axisScale('Y', rows.flatMap(row => row.named ? [row.energyLow, row.energyHigh] : [row.energy]))},
    alternative: `On the front: ${front.slice(0, 20).map(r => r.label ?? labelOf(r, r.at)).join(', ')}.`});
  chart.figure.dataset.results = drawn.length;
  if (many) Object.assign(chart, {template: 'pareto_many', canvas: true,
    tooltip: row => paretoTooltip(points[row.point].record, points[row.point].count)});
};

// All designs of each machine, workload and batch, and of each the one that costs least.
const alike = [...grouped(records, r => r.machine).values()].flatMap(own => [...grouped(own, groupOf).values()]);
const cheapest = key => alike.map(group => group.reduce((best, r) => key(r) < key(best) ? r : best));

// In words, for each machine beside the first GPU of its batches: which batches it wins.
const crossovers = () => {
  const sentences = new Set();
  const costs = [['energy', r => r.energyPerToken.nominal], ['time', r => r.seconds.nominal]].map(([what, key]) => [what, key, cheapest(key)]);
  for (const machine of new Set(records.filter(r => !isBaseline(r)).map(r => r.machine)))
    for (const [what, key, least] of costs) {
      const compared = least.filter(r => r.machine === machine && baselineOf(r));
      if (!compared.length) continue;
      const wins = compared.filter(r => key(r) < key(baselineOf(r))).map(r => r.tokens);
      const all = wins.length === compared.length;
      sentences.add(`${machine}, ${what} per token: cheaper than ${baselineOf(compared[0]).machine} ` +
        (all ? 'at every batch here.' : wins.length ? `at batch ${[...new Set(wins)].join(', ')}; not at the others.` :
          'at no batch here.'));
    }
  return [...sentences];
};

const writeCrossover = () => {
  if (!severalBatches) return;
  const designs = alike.length < records.length;
  const node = section('batches', 'Batch size', 'Where the lines cross, one machine overtakes the other.' +
    (designs ? ' Of each machine the cheapest design at each batch.' : ''));
  node.append(element('ul', {}, ...crossovers().map(sentence => element('li', {}, sentence))));
  const grid = element('div', {class: 'charts'});
  node.append(grid);
  for (const [title, key, unit] of [['Energy per token', r => r.energyPerToken, 'J'],
    ['Time per token', r => scaled(r.seconds, 1 / r.tokens), 's']]) {
    const rows = cheapest(r => key(r).nominal).map(r => ({machine: r.machine, batch: r.tokens, label: r.label ?? labelOf(r, r.at), ...key(r),
      text: withEnds(key(r), unit)}));
    addChart(grid, {name: 'crossover', title: `${title} by batch`, rows, alternative: listed(rows),
      words: {Y_TITLE: title, Y_UNIT: unit}});
  }
};

const writeRoofline = () => {
  const rows = [], roofs = new Map();
  for (const r of shown) { // thousands of points that lie close together show no more
    const value = name => r.statistics.find(s => s.name === name)?.value;
    const operations = value('operations'), bytes = value('memory_bytes'),
      peak = value('peak_operations_per_second'), bandwidth = value('peak_memory_bytes_per_second');
    if (!(operations > 0 && bytes > 0)) continue;
    const intensity = operations / bytes, roof = `${r.machine} ${peak} ${bandwidth}`;
    rows.push({machine: r.machine, label: r.label, roof: false, intensity, rate: operations / r.seconds.nominal});
    if (bandwidth > 0 && overview.includes(r) && !roofs.has(roof))
      roofs.set(roof, {machine: r.machine, label: r.label, peak, bandwidth, least: intensity, most: intensity});
    const over = roofs.get(roof);
    if (over) [over.least, over.most] = [Math.min(over.least, intensity), Math.max(over.most, intensity)];
  }
  for (const {machine, label, peak, bandwidth, least, most} of roofs.values()) {
    // Where no peak of computing is known, the roof is memory's alone.
    const ridge = peak > 0 ? peak / bandwidth : most;
    for (const intensity of [Math.min(ridge, least) / 4, ridge, Math.max(ridge, most) * 4])
      rows.push({machine, label, roof: true, intensity, rate: Math.min(peak > 0 ? peak : Infinity, intensity * bandwidth)});
  }
  if (!rows.length) return;
  const node = section('roofline', 'Roofline', 'Lines: the most that compute and memory bandwidth allow. Points: what ' +
    'was reached' + (shown.length < records.length ? ` by the ${shown.length} of the summary.` : '.'));
  addChart(node, {name: 'roofline', title: 'Roofline', rows, alternative: rows.filter(row => !row.roof).slice(0, 12)
    .map(row => `${row.label}: ${quantity(row.rate, 'op/s')} at ${rounded(row.intensity, 3)} operations per byte`)
    .join('; ') + '.'});
};

// The sections that go machine by machine; again for another choice.
const detailSections = [
  ['energy', 'Where the energy goes', 'Thin gaps separate the actions within a component.', writeEnergy, 'charts wide'],
  ['stages', 'When things happen', 'Stages may overlap; each bar is a stage\'s own busy time.', writeStages, 'charts'],
  ['bounds', 'What limits each machine', '', writeBounds, ''],
  ['floor', 'Placement and link loads', 'The naive order and the placement that was run, on one scale.', writeFloors, 'charts'],
  ['mesh', 'Utilisation in space', '', writeHeatMaps, 'charts'],
  ['curves', 'Utilisation over time', '', writeCurves, 'charts wide'],
  ['constants', 'Constants and their sources', 'Every constant has a source, and a confidence that widens into the ' +
    'interval of every result.', writeConstants, ''],
  ['notes', 'Notes and statistics', 'What a reader must know to judge these figures.', writeNotes, ''],
].map(([id, title, lead, write, layout]) => ({id, title, lead, write, layout}));

const fillDetails = chosen => {
  for (const part of detailSections) {
    part.body.replaceChildren();
    part.write(part.body, chosen);
    part.node.hidden = !part.body.hasChildNodes();
    document.querySelector(`#contents a[href="#${part.id}"]`).hidden = part.node.hidden;
  }
  dropDetached();
};

const writeDetails = () => {
  // A chip's mesh and its stages tell most; GPUs come first in the table.
  const first = Math.max(0, shown.findIndex(r => !isBaseline(r)));
  if (manyRecords) {
    const select = element('select', {id: 'chosen'}, ...shown.map((r, i) => element('option', {value: i}, r.label)));
    select.value = first;
    select.addEventListener('change', () => { fillDetails([shown[select.value]]); drawAll(); });
    byId('main').append(element('p', {class: 'chooser'}, element('label', {for: 'chosen'}, 'Details of '), select));
  }
  for (const part of detailSections) {
    part.node = section(part.id, part.title, part.lead);
    part.body = element('div', {class: part.layout});
    part.node.append(part.body);
  }
  return () => fillDetails(manyRecords ? [shown[first]] : records);
};

const writeReproduction = () => {
  const node = section('reproduce', 'How to reproduce', 'The same program, inputs and seed give the same figures, to the ' +
    'bit. The inputs lie in the run folder, in inputs/.');
  for (const run of runs.slice(0, 20)) {
    const when = run.started ? `, started ${run.started}, ${rounded(run.wall_seconds, 3)} s of simulation` : '';
    node.append(element('pre', {}, [run.command, '', `moesaic ${run.version}, seed ${run.seed}${when}`,
    ...run.inputs.map(input => `${input.name}  sha256 ${input.sha256}`)].join('\n')));
    for (const input of run.inputs)
      node.append(details(input.name, element('pre', {}, input.text)));
  }
};

writeHeader();
writeSensitivity();
writeSummary();
writeCosts();
writePareto();
writeCrossover();
writeRoofline();
const writeFirstDetails = writeDetails();
writeReproduction();
