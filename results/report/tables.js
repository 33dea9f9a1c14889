'use strict';
// Building blocks of the page. Texts go in as text, never as markup.

const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

const section = (id, title, lead) => {
  const node = element('section', {id, 'aria-labelledby': id + '-title'},
    element('h2', {id: id + '-title'}, title));
  if (lead) node.append(element('p', {class: 'lead'}, lead));
  byId('contents').append(element('a', {href: '#' + id}, title));
  byId('main').append(node);
  return node;
};

// columns: [{title, cell(row), number}]; a cell is a text or a node.
const table = (caption, columns, rows, rowClass = () => '') => {
  const cellOf = (column, row, first) => {
    const attributes = column.number ? {class: 'number'} : {};
    const content = column.cell(row) ?? '';
    if (first) attributes.scope = 'row';
    if (first && content.length > 28) attributes.class = 'long';
    return element(first ? 'th' : 'td', attributes, content);
  };
  const head = columns.map(c => element('th', {scope: 'col', ...(c.number ? {class: 'number'} : {})}, c.title));
  const body = rows.map(row => {
    const kind = rowClass(row);
    return element('tr', kind ? {class: kind} : {}, ...columns.map((c, i) => cellOf(c, row, i === 0)));
  });
  return element('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
    element('table', {}, element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body)));
};

const details = (summary, ...children) => element('details', {}, element('summary', {}, summary), ...children);

// Its content is made when it is opened.
const lazyDetails = (summary, make) => {
  const node = details(summary);
  node.addEventListener('toggle', () => node.append(make()), {once: true});
  return node;
};

const intervalCell = (interval, unit) => {
  const ends = endsOf(interval);
  const cell = element('span', {}, quantity(interval.nominal, unit));
  if (ends) cell.append(' ', element('span', {class: 'range'}, `(${ends})`));
  return cell;
};

const factorCell = (cost, baseline) => {
  if (!baseline) return `no ${baselineWord}`;
  if (!cost.nominal || !baseline.nominal) return 'not stated';
  if (cost === baseline) return 'baseline';
  const factor = ratio(cost, baseline);
  const cell = element('span', {}, rounded(factor.nominal, 2) + ' ×');
  const ends = endsOf({...factor, nominal: 1});
  if (ends && factor.low !== factor.high) cell.append(' ', element('span', {class: 'range'}, `(${ends})`));
  return cell;
};

const summaryColumns = [
  {title: 'Machine', cell: r => r.label},
  {title: severalBatches || records.some(r => r.tokens > 1) ? 'Latency of the batch' : `Latency per ${unitOfWork}`,
    number: true, cell: r => intervalCell(r.seconds, 's')},
  {title: `Energy per ${unitOfWork}`, number: true,
    cell: r => r.joules.nominal ? intervalCell(r.energyPerToken, 'J') : 'not stated'},
  {title: ofQueries ? 'Queries/s' : 'Tokens/s', number: true, cell: r => quantity(r.tokensPerSecond, '').trim()},
  {title: 'Average power', number: true, cell: r => r.joules.nominal ? quantity(r.watts, 'W') : 'not stated'},
  {title: 'Chips', number: true, cell: r => String(r.chips)},
  {title: 'Bound by', cell: r => r.bound},
  {title: `Latency against ${baselineWord}`, number: true, cell: r => factorCell(r.seconds, baselineOf(r)?.seconds)},
  {title: `Energy against ${baselineWord}`, number: true, cell: r => factorCell(r.joules, baselineOf(r)?.joules)},
];

const constantColumns = [
  {title: 'Constant', cell: c => c.path},
  {title: 'Value', number: true, cell: c => c.value_text},
  {title: 'Interval, times the value', number: true, cell: c => c.value.low === c.value.high || !c.value.nominal ?
    'exact' : `${rounded(c.value.low / c.value.nominal, 2)} to ${rounded(c.value.high / c.value.nominal, 2)}`},
  {title: 'Confidence', cell: c => c.confidence},
  {title: 'Width it gives the energy', number: true, cell: c => c.energy_width ? quantity(c.energy_width, 'J') : '0 J'},
  {title: 'Source', cell: c => c.source_title || c.source},
  {title: 'Note', cell: c => c.note},
];
