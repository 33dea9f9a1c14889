'use strict';
// Of a sweep: the points that came as columns of numbers, and what was varied at each.

const bytesOf = text => {
  const characters = atob(text), bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; ++i) bytes[i] = characters.charCodeAt(i);
  return bytes.buffer;
};
const doublesOf = text => new Float64Array(bytesOf(text));

// The words of a column, row by row.
const wordsOf = ({words, bytes, at, count}) => count !== undefined ? new Array(count).fill(words[0]) :
  Array.from(bytes !== undefined ? new Uint8Array(bytesOf(bytes)) : new Uint32Array(bytesOf(at)), i => words[i]);

const none = Object.freeze([]); // what these points leave out of a record

const recordsOf = points => {
  const [machine, workload, kind, bound, tokens, chips] =
    ['machine', 'workload', 'kind', 'bound', 'tokens', 'chips'].map(name => wordsOf(points[name]));
  const [seconds, joules] = [doublesOf(points.seconds), doublesOf(points.joules)];
  const [secondsEnds, joulesEnds] = ['seconds_ends', 'joules_ends'].map(name => new Float32Array(bytesOf(points[name])));
  const interval = (nominal, ends, i) => ({nominal: nominal[i], low: ends[2 * i], high: ends[2 * i + 1]});
  return machine.map((name, i) => ({machine: name, machine_title: '', kind: kind[i], workload: workload[i], tokens: Number(tokens[i]),
    chips: Number(chips[i]), seconds: interval(seconds, secondsEnds, i), joules: interval(joules, joulesEnds, i), power_limit: 0,
    bound: bound[i], bound_share: none, energy: none, stages: none, constants: none, heat_maps: none, curves: none,
    statistics: none, notes: none}));
};

// The text of a variable's value at a point, made when it is asked for.
const valueOf = ({unit, numbers, values}) => {
  if (values) {
    const words = wordsOf(values); // as in the sweep's file, or computed to the last digit
    return i => (words[i] ?? '').replace(/^-?\d*\.\d{5,}(?=$|[e ])/, number => Number(Number(number).toPrecision(4)));
  }
  const all = doublesOf(numbers);
  return i => i >= all.length || Number.isNaN(all[i]) ? '' : `${Number(all[i].toPrecision(6))} ${unit}`.trim();
};

// One text a point: "core.count 4, link 2 GB/s".
const settingsOf = variables => {
  const columns = variables.map(variable => ({name: variable.name, value: valueOf(variable)}));
  return i => columns.map(({name, value}) => [name, value(i)]).filter(pair => pair[1]).map(pair => pair.join(' ')).join(', ');
};
