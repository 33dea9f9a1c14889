'use strict';
// Drawing: a specification from charts/, rows from the records, and the theme of the moment.

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const themes = {
  light: {INK: '#1b1f24', PAPER: '#ffffff', GRID: '#dfe3e8', LOAD: '#b3261e', HEAT_SCHEME: 'viridis',
    KIND_COLOURS: ['#0b63b5', '#c77700', '#7d8590'], EMPHASIS_COLOURS: ['#b3261e', '#8c959f'],
    CATEGORIES: ['#0b63b5', '#c75000', '#0a7d55', '#9b4d96', '#8a6d00', '#00798c', '#b3261e', '#5c6670']},
  dark: {INK: '#e8eaed', PAPER: '#14171b', GRID: '#343b44', LOAD: '#ff8a80', HEAT_SCHEME: 'viridis',
    KIND_COLOURS: ['#5aa9f0', '#f0a93a', '#98a2ad'], EMPHASIS_COLOURS: ['#ff8a80', '#8b949e'],
    CATEGORIES: ['#5aa9f0', '#f2994a', '#4cc494', '#d08bcb', '#d9b93a', '#4cc5d6', '#ff8a80', '#a9b1ba']},
};
const theme = () => themes[dark.matches ? 'dark' : 'light'];

const config = colours => {
  const text = {labelColor: colours.INK, titleColor: colours.INK, labelFontSize: 12, titleFontSize: 12,
    titleFontWeight: 'normal'};
  return {
    background: colours.PAPER, font: 'system-ui, sans-serif', view: {stroke: null}, padding: {left: 2, right: 14, top: 4, bottom: 8},
    axis: {...text, gridColor: colours.GRID, domainColor: colours.GRID, tickColor: colours.GRID, labelSeparation: 8},
    legend: {...text, symbolOpacity: 1, symbolFillColor: colours.INK, labelLimit: 220,
      layout: {top: {direction: window.innerWidth < 640 ? 'vertical' : 'horizontal', margin: 8}}}, // side by side only where there is room
    text: {color: colours.INK, fontSize: 12},
    range: {category: colours.CATEGORIES}, line: {strokeWidth: 2}, bar: {color: colours.CATEGORIES[0]},
    tick: {color: colours.INK},
  };
};

// A machine has the same colour in every chart, whichever others are in it.
const machineOrder = [...new Set([...records, ...(sweep?.ranking || [])].map(row => row.machine))];
const machineColours = rows => {
  const own = new Set(rows.map(row => row.machine)), colours = theme().CATEGORIES;
  const MACHINES = machineOrder.filter(machine => own.has(machine));
  return {MACHINES, MACHINE_COLOURS: MACHINES.map(machine => colours[machineOrder.indexOf(machine) % colours.length])};
};

// Axis labels such as "20ms"; on logarithmic axes at the powers of ten only, which never crowd.
const axisLabels = ({X_UNIT = '', Y_UNIT = ''}) => {
  const label = unit => `format(datum.value, '~s') + '${unit}'`;
  const sparse = unit => `substring(format(datum.value, '.0e'), 0, 1) == '1' ? ${label(unit)} : ''`;
  return {X_LABEL: label(X_UNIT), Y_LABEL: label(Y_UNIT), X_LOG_LABEL: sparse(X_UNIT), Y_LOG_LABEL: sparse(Y_UNIT)};
};

// Of axis 'X' or 'Y': logarithmic, but for values so close together that a decade would make one spot of them.
const axisScale = (axis, values) => {
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, 0]);
  const close = most < 8 * least;
  return {[axis + '_SCALE']: close ? {zero: false, nice: true} : {type: 'log', nice: true},
    [axis + '_CLOSE']: close};
};

// The specification with names such as INK replaced by the theme's colours, and X_TITLE and the like by `words`.
const filled = (name, words) => {
  const LABEL_LIMIT = window.innerWidth >= 1000 ? 290 : window.innerWidth >= 640 ? 190 : 150;
  // Machine and batch on one line, what was varied on the next, where both together do not fit.
  const parts = "split(datum.label, ', ')", characters = Math.floor(LABEL_LIMIT / 7);
  const LABEL_LINES = `length(datum.label) > ${characters} && length(${parts}) > 2 ? ` +
    `[join(slice(${parts}, 0, 2), ', '), join(slice(${parts}, 2), ', ')] : datum.label`;
  const values = {...theme(), LABEL_LIMIT, LABEL_LINES, ENERGY_TITLE: `Energy per ${unitOfWork}`, ...axisLabels(words), ...words};
  for (const axis of 'XY') values[axis + '_SCALE_LABEL'] = values[axis + (words[axis + '_CLOSE'] ? '_LABEL' : '_LOG_LABEL')];
  const fill = node => {
    if (typeof node === 'string') return Object.hasOwn(values, node) ? values[node] : node;
    if (Array.isArray(node)) return node.map(fill);
    return node && typeof node === 'object' ?
      Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value)])) : node;
  };
  return fill(chartSpecs[name]);
};

// Marks that hold data, counted in Vega's scene: the same for SVG and canvas.
const countMarks = item => (item.marktype && item.marktype !== 'group' && item.role === 'mark' ?
  item.items.length : 0) + (item.items || []).reduce((sum, child) => sum + (child.items ? countMarks(child) : 0), 0);

const charts = []; // {figure, place, name, rows, words, title, view}

// As the library lays out its own tooltips.
const tooltipTable = (entries, sanitize) => '<table>' + entries.map(([key, value]) =>
  `<tr><td class="key">${sanitize(key)}</td><td class="value">${sanitize(value)}</td></tr>`).join('') + '</table>';

const draw = async chart => {
  if (chart.aspect) // cells as square as the place allows
    chart.words.HEIGHT = Math.max(80, Math.min(900, Math.round((chart.place.clientWidth - 60) * chart.aspect)));
  const spec = {...filled(chart.template || chart.name, {...chart.words, ...machineColours(chart.rows)}), width: 'container', autosize: {type: 'fit-x', contains: 'padding'},
    data: {values: chart.rows}, description: chart.alternative};
  const many = chart.canvas || chart.rows.length > 2000; // SVG elements by the thousand are slow
  const result = await vegaEmbed(chart.place, spec,
    {actions: false, config: config(theme()), renderer: many ? 'canvas' : 'svg', defaultStyle: false,
      tooltip: chart.tooltip ? {formatTooltip: (row, sanitize) => tooltipTable(chart.tooltip(row), sanitize)} : true});
  if (chart.view) chart.view.finalize();
  chart.view = result.view;
  chart.figure.dataset.marks = countMarks(result.view.scenegraph().root);
};

const exportChart = async (chart, type) => {
  const url = await chart.view.toImageURL(type, type === 'png' ? 3 : 1);
  const name = `${chart.title} ${chart.subtitle}`.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  element('a', {href: url, download: `${name}.${type}`}).click();
};

// A figure with its chart, alternative text and export buttons; drawn by drawAll.
const addChart = (parent, {name, title, subtitle = '', caption = '', alternative, rows, words = {}}) => {
  const place = element('div', {class: 'chart'});
  const figure = element('figure', {'data-chart': name},
    element('figcaption', {}, element('strong', {}, subtitle ? `${title}: ${subtitle}` : title), caption), place);
  const chart = {figure, place, name, title, subtitle, rows, words, alternative: `${title} ${subtitle}. ${alternative}`};
  const buttons = ['svg', 'png'].map(type => {
    const button = element('button', {type: 'button', 'aria-label': `Save ${title} ${subtitle} as ${type}`},
      type.toUpperCase());
    button.addEventListener('click', () => exportChart(chart, type));
    return button;
  });
  figure.append(element('div', {class: 'export'}, ...buttons));
  parent.append(figure);
  charts.push(chart);
  return chart;
};

// Charts that were taken off the page.
const dropDetached = () => {
  for (let i = charts.length - 1; i >= 0; --i) if (!charts[i].figure.isConnected) charts.splice(i, 1)[0].view?.finalize();
};

const isSeen = chart => {
  const box = chart.figure.getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight;
};

// Lets the browser paint and answer.
const breathe = () => new Promise(resolve => setTimeout(resolve));

// What is on the screen first; what `further` adds and the other charts follow by themselves, so that all are there when
// the page is printed.
const drawAll = async (further = () => {}) => {
  const root = document.documentElement;
  root.dataset.theme = dark.matches ? 'dark' : 'light';
  const seen = new Set(charts.filter(chart => chart.figure.isConnected && isSeen(chart)));
  for (const chart of seen) await draw(chart);
  root.dataset.screen = Math.round(performance.now());
  await breathe();
  further();
  for (const chart of charts.filter(chart => !seen.has(chart))) {
    await breathe();
    if (chart.figure.isConnected) await draw(chart);
  }
  const empty = charts.filter(chart => chart.figure.isConnected && !(Number(chart.figure.dataset.marks) > 0));
  root.dataset.charts = charts.filter(chart => chart.figure.isConnected).length;
  root.dataset.empty = empty.length;
  root.dataset.requests = performance.getEntriesByType('resource').filter(entry => !/^(data|blob):/.test(entry.name))
    .length;
  root.dataset.milliseconds = Math.round(performance.now());
  root.dataset.ready = 'yes';
};
dark.addEventListener('change', () => drawAll());
