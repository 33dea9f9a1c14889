'use strict';
// The runs as the page needs them: one flat list of records, each with a label of its own, in units per token.

const byId = id => document.getElementById(id);
const runs = JSON.parse(byId('runs').textContent);
// Of a sweep: {variables, points: columns that points.js reads, findings: sentences, ranking: rows, tornado: rows}; else null.
const sweep = JSON.parse(byId('sweep').textContent);
const chartSpecs = JSON.parse(byId('charts').textContent);

const scaled = (interval, by) =>
  ({nominal: interval.nominal * by, low: interval.low * by, high: interval.high * by});

// a / b with the ends of independent errors.
const ratio = (a, b) => ({nominal: a.nominal / b.nominal, low: a.low / b.high, high: a.high / b.low});

const recordsOfRun = (run, at) => at === 0 && sweep?.points ? run.records.concat(recordsOf(sweep.points)) : run.records;
const records = runs.flatMap((run, at) => recordsOfRun(run, at).map(record => {
  record.run = at;
  record.energyPerToken = record.tokens === 1 ? record.joules : scaled(record.joules, 1 / record.tokens);
  record.tokensPerSecond = record.tokens / record.seconds.nominal;
  record.watts = record.seconds.nominal > 0 ? record.joules.nominal / record.seconds.nominal : 0;
  return record;
}));
const settingOf = sweep?.variables ? settingsOf(sweep.variables) : () => '';

// Queries are no tokens: what is per token in layers is per query here. A cost of 0 is one that is not stated.
const ofQueries = records.length > 0 && records.every(r => r.statistics.some(s => s.name === 'answers'));
const unitOfWork = ofQueries ? 'query' : 'token';
const baselineWord = records.some(r => r.kind === 'cpu') ? 'CPU' : 'GPU';

// A label says only what tells the record from the others: machine, then workload, batch, run.
const differ = key => new Set(records.map(key)).size > 1;
const severalWorkloads = differ(r => r.workload), severalBatches = differ(r => r.tokens);
const labelOf = (record, i) => {
  const setting = settingOf(i);
  return record.machine + (severalWorkloads ? ', ' + record.workload : '') + (severalBatches ? ', batch ' + record.tokens : '') +
    (setting ? ', ' + setting : '');
};
const labels = new Map();
const label = (record, i) => {
  const text = labelOf(record, i), times = (labels.get(text) || 0) + 1;
  labels.set(text, times);
  record.label = times > 1 ? `${text} (${times})` : text;
};
// Of thousands only those that are shown one by one are written out, by main.js; the others when they are pointed at.
const lazyLabels = records.length > 2000;
records.forEach((record, i) => { if (lazyLabels) record.at = i; else label(record, i); });

const machines = [...new Set(records.map(record => record.machine))];
const isBaseline = record => record.kind === 'gpu' || record.kind === 'cpu';

// A map from each key to the rows that have it, in the order of the first of each.
const grouped = (rows, key) => {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  return groups;
};

// The process node that a machine was scaled to, as its name ends: '@4nm'; '' for one as built.
const nodeOf = machine => /@[0-9.]+nm$/.exec(machine)?.[0] ?? '';

// The first baseline of the same run, workload, batch and process node.
const nodes = new Map(machines.map(machine => [machine, nodeOf(machine)]));
for (const record of records) record.group = `${record.run} ${record.tokens} ${record.workload} ${nodes.get(record.machine)}`;
const groupOf = record => record.group;
const baselines = new Map();
for (const record of records)
  if (isBaseline(record) && !baselines.has(groupOf(record))) baselines.set(groupOf(record), record);
const baselineOf = record => baselines.get(groupOf(record));

// On the Pareto front of its workload: nobody has both less latency and less energy.
const least = new Map();
for (const record of [...records].sort((a, b) => a.seconds.nominal - b.seconds.nominal ||
  a.energyPerToken.nominal - b.energyPerToken.nominal)) {
  record.front = record.joules.nominal > 0 && record.energyPerToken.nominal < (least.get(record.workload) ?? Infinity);
  if (record.front) least.set(record.workload, record.energyPerToken.nominal);
}

const prefixes = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n'],
  [1e-12, 'p'], [1e-15, 'f']];
const rounded = (value, digits) => value === 0 ? '0' :
  value.toFixed(Math.min(12, Math.max(0, digits - Math.floor(Math.log10(Math.abs(value)) + 1e-12) - 1)));
const scaleOf = value =>
  prefixes.find(([scale]) => Math.abs(value) >= scale * 0.9995) || prefixes[prefixes.length - 1];

// 0.00193 with unit J: "1.93 mJ".
const quantity = (value, unit) => {
  if (!value) return '0 ' + unit;
  const [scale, prefix] = scaleOf(value);
  return `${rounded(value / scale, 3)} ${prefix}${unit}`;
};

// The ends of an interval in the prefix of its nominal value, or '' when it has no width.
const endsOf = interval => {
  if (interval.low === interval.high || !interval.nominal) return '';
  const [scale] = scaleOf(interval.nominal);
  let digits = 2, low, high;
  do {
    low = rounded(interval.low / scale, digits);
    high = rounded(interval.high / scale, digits);
  } while (low === high && ++digits < 9);
  return `${low} to ${high}`;
};

const withEnds = (interval, unit) => {
  const ends = endsOf(interval);
  return quantity(interval.nominal, unit) + (ends ? ` (${ends})` : '');
};
