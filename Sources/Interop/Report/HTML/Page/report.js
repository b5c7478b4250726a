// Shows the data of the page. What it shows is put in as text, never as markup; the program that wrote the page has escaped
// what does not simply print.
'use strict';
(() => {
  const { report, evidence } = JSON.parse(document.getElementById('data').textContent);
  const byId = (id) => document.getElementById(id);
  const roles = ['putter', 'server', 'getter'];
  // The worst first. A shape besides the colour, for whoever cannot tell colours.
  const verdicts = {
    fail: ['✕', 'failed'], 'unexpected-pass': ['★', 'passed though listed'], affected: ['▲', 'affected by another'],
    skipped: ['○', 'not run'], known: ['◆', 'known'], note: ['●', 'passed'], pass: ['●', 'passed'],
  };
  const order = Object.keys(verdicts);
  const isRed = (verdict) => ['fail', 'unexpected-pass', 'affected', 'skipped'].includes(verdict);
  const page = 100;

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }

  const cells = report.cells.map((cell, number) => ({
    ...cell, number, name: `${cell.putter}-${cell.server}-${cell.getter}/${cell.scenario}/${cell.payload}`,
    combination: JSON.stringify(roles.map((role) => cell[role])),
    found: (cell.findings || []).map((place) => report.findings[place]),
    // What is not as expected, else whether the peers understand each other: a failed recommended check makes a cell red, a
    // known one does not colour it. Where no required check had anything to judge, the others say.
    shown: isRed(cell.verdict) || cell.conformance === 'skipped' ? cell.verdict : cell.conformance,
  }));

  // --- The state, which is the address --------------------------------------------------------------------------------

  const fields = ['peer', 'verdict', 'check', 'scenario', 'payload', 'combination'];
  const form = byId('filters');
  let state = {};
  let shown = page;

  function readAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    state = {};
    for (const key of [...fields, 'cell']) if (parameters.get(key)) state[key] = parameters.get(key);
    for (const key of fields) if (form.elements[key]) form.elements[key].value = state[key] || '';
    shown = page;
    show();
    if (!state.cell) return;
    const open = document.querySelector('.cells [aria-expanded="true"]');
    if (open) { open.scrollIntoView({ block: 'start' }); open.focus({ preventScroll: true }); }
  }

  function go(change) {
    const next = { ...state, ...change };
    const parameters = new URLSearchParams();
    for (const key of [...fields, 'cell']) if (next[key]) parameters.set(key, next[key]);
    const hash = `#${parameters}`;
    if (hash === location.hash || (hash === '#' && !location.hash)) return;
    // Without a step in the history for each letter that is typed.
    history.replaceState(null, '', hash === '#' ? location.pathname + location.search : hash);
    const { cell } = state;
    state = next;
    for (const key of Object.keys(state)) if (!state[key]) delete state[key];
    if (cell === state.cell) shown = page;
    show();
  }

  function matches(cell, without) {
    const is = (key, test) => key === without || !state[key] || test(state[key]);
    return is('peer', (peer) => roles.some((role) => cell[role] === peer))
      && is('verdict', (verdict) => verdict === 'unexpected' ? isRed(cell.shown) : cell.shown === verdict)
      && is('check', (check) => cell.found.some((finding) => finding.check === check))
      && is('scenario', (scenario) => cell.scenario === scenario)
      && is('payload', (payload) => cell.payload.includes(payload))
      && is('combination', (combination) => cell.combination === combination);
  }

  // --- The form ----------------------------------------------------------------------------------------------------------

  function options(name, values, labels = {}) {
    const sorted = [...new Set(values)];
    form.elements[name].append(
      element('option', { value: '' }, 'any'),
      ...sorted.map((value) => element('option', { value }, labels[value] || value)));
  }

  options('peer', report.cells.flatMap((cell) => roles.map((role) => cell[role])).sort());
  options('verdict', ['unexpected', ...order.filter((verdict) => cells.some((cell) => cell.shown === verdict))], {
    unexpected: 'not as expected',
  });
  options('check', report.checks.map((check) => check.check).filter((check) => report.findings.some((f) => f.check === check)));
  options('scenario', report.scenarios.map((scenario) => scenario.name));
  byId('payloads').append(...[...new Set(cells.map((cell) => cell.payload))].map((value) => element('option', { value })));
  const fromForm = () => go(Object.fromEntries(fields.slice(0, 5).map((key) => [key, form.elements[key].value])));
  form.addEventListener('input', fromForm);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(() => go(Object.fromEntries([...fields, 'cell'].map((key) => [key, ''])))));

  // --- The matrix --------------------------------------------------------------------------------------------------------

  function counts(some) {
    const all = {};
    for (const cell of some) all[cell.shown] = (all[cell.shown] || 0) + 1;
    return order.filter((verdict) => all[verdict]).map((verdict) => [verdict, all[verdict]]);
  }

  const shape = (verdict) => element('span', { class: verdict, 'aria-hidden': 'true' }, verdicts[verdict][0]);

  byId('legend').append(...order.filter((verdict) => verdict !== 'note').map((verdict) =>
    element('span', {}, shape(verdict), ` ${verdicts[verdict][1]}`)));

  function showMatrix() {
    const groups = new Map();
    for (const cell of cells) {
      if (!groups.has(cell.combination)) groups.set(cell.combination, []);
      groups.get(cell.combination).push(cell);
    }
    const getters = [...new Set(cells.map((cell) => cell.getter))].sort();
    const rows = [...new Set(cells.map((cell) => JSON.stringify([cell.putter, cell.server])))].sort();
    const body = rows.map((row) => {
      const [putter, server] = JSON.parse(row);
      return element('tr', {}, element('th', { scope: 'row' }, putter), element('th', { scope: 'row' }, server),
        ...getters.map((getter) => {
          const combination = JSON.stringify([putter, server, getter]);
          const all = groups.get(combination);
          if (!all) return element('td', {}, '');
          const some = all.filter((cell) => matches(cell, 'combination'));
          const words = counts(some).map(([verdict, count]) => `${count} ${verdicts[verdict][1]}`).join(', ');
          const isChosen = state.combination === combination;
          return element('td', {}, element('button', {
            type: 'button', 'aria-pressed': String(isChosen), class: some.length ? null : 'out',
            'aria-label': `${putter}, ${server}, ${getter}: ${words || 'no cell chosen'}`,
            onclick: () => go({ combination: isChosen ? '' : combination, cell: '' }),
          }, ...(some.length ? counts(some).map(([verdict, count]) =>
            element('span', { class: `count ${verdict}` }, `${verdicts[verdict][0]} ${count}`)) : ['–'])));
        }));
    });
    byId('matrix').replaceChildren(element('table', {},
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'putter'), element('th', { scope: 'col' }, 'server'),
        ...getters.map((getter) => element('th', { scope: 'col' }, `getter ${getter}`)))),
      element('tbody', {}, ...body)));
  }

  function showQuality() {
    const checks = report.checks.filter((check) => check.level === 'recommended' && check.counts.length);
    const peers = [...new Set(checks.flatMap((check) => check.counts.map((count) => count.peer)))].filter(Boolean).sort();
    const sum = (some, ...keys) => some.reduce((all, count) => all + keys.reduce((n, key) => n + (count[key] || 0), 0), 0);
    const value = (check, peer) => {
      const some = check.counts.filter((count) => count.peer === peer);
      const [held, known, failed] =
        [sum(some, 'pass', 'unexpected-pass'), sum(some, 'known'), sum(some, 'fail', 'affected', 'note')];
      const all = held + known + failed;
      if (!all) return element('td', {}, '');
      const verdict = failed ? 'fail' : known ? 'known' : 'pass';
      return element('td', { class: verdict }, `${verdicts[verdict][0]} ${held === all ? held : `${held} of ${all}`}`);
    };
    byId('quality').append(element('table', {},
      element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'check'),
        ...peers.map((peer) => element('th', { scope: 'col' }, peer)))),
      element('tbody', {}, ...checks.map((check) => element('tr', {},
        element('th', { scope: 'row', title: check.meaning }, check.check), ...peers.map((peer) => value(check, peer)))))));
  }

  // --- A cell ------------------------------------------------------------------------------------------------------------

  function copyButton(text) {
    return element('button', { type: 'button', 'data-copy': '', onclick: (event) => copy(text, event.target) }, 'Copy');
  }

  async function copy(text, button) {
    let done = true;
    try { await navigator.clipboard.writeText(text); } catch {
      // A page from a file may not have the clipboard.
      const area = element('textarea', { 'aria-label': 'command' });
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand('copy');
      area.remove();
    }
    button.textContent = done ? 'Copied' : 'Select and copy it';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  }

  for (const button of document.querySelectorAll('.command [data-copy]')) {
    button.addEventListener('click', () => copy(button.previousElementSibling.textContent, button));
  }

  const command = (text) => element('div', { class: 'command' }, element('code', {}, text), copyButton(text));

  // What two texts have in common at both ends is not marked.
  function marked(text, other) {
    const [a, b] = [Array.from(text), Array.from(other)];
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const middle = a.slice(start, a.length - end).join('');
    return element('code', {}, a.slice(0, start).join(''), ...(middle ? [element('mark', {}, middle)] : []),
      a.slice(a.length - end).join(''));
  }

  function check(finding) {
    const who = finding.peer ? `, ${finding.peer} as ${finding.role}` : '';
    const known = finding.divergence === undefined ? null : report.divergences[finding.divergence];
    const meaning = (report.checks.find((one) => one.check === finding.check) || {}).meaning;
    return element('div', { class: `check ${finding.verdict}` },
      element('div', { class: 'verdict' }, `${verdicts[finding.verdict][0]} ${finding.verdict}: ${finding.check}${who} (${finding.level})`),
      element('div', { class: 'soft' }, meaning || ''),
      element('dl', { class: 'pair' },
        ...(finding.expected === undefined ? [] : [
          element('dt', {}, 'expected'), element('dd', {}, marked(finding.expected, finding.observed))]),
        element('dt', {}, 'observed'), element('dd', {}, marked(finding.observed, finding.expected || finding.observed)),
        ...(finding.because ? [element('dt', {}, 'because'), element('dd', {},
          `${finding.because.peer} as ${finding.because.role}: ${finding.because.check}`)] : []),
        ...(known ? [element('dt', {}, 'listed'), element('dd', {}, known.reason)] : [])));
  }

  const svg = (name, attributes, ...children) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  // Every AMQP method as an arrow between a process and the broker, in the order of time.
  function diagram(kept) {
    const methods = kept.frames.filter((frame) => frame.method);
    const some = methods.slice(0, 500);
    const lifelines = ['putter', 'broker', 'server', 'getter'];
    const place = (name) => 70 + lifelines.indexOf(name) * 240;
    const height = 50 + some.length * 26;
    const drawing = svg('svg', {
      width: 860, height, viewBox: `0 0 860 ${height}`, role: 'img',
      'aria-label': `Sequence of ${methods.length} AMQP methods; the table of frames below has the same as text`,
    });
    for (const name of lifelines) {
      const x = place(name);
      drawing.append(svg('text', { x, y: 18, 'text-anchor': 'middle', class: 'name' }, name),
        svg('line', { x1: x, y1: 26, x2: x, y2: height, 'stroke-dasharray': '3 3' }));
    }
    some.forEach((frame, number) => {
      const y = 52 + number * 26;
      const [from, to] = frame.out ? [place(frame.role), place('broker')] : [place('broker'), place(frame.role)];
      const direction = Math.sign(to - from);
      const label = `${frame.method}${frame.label ? ` ${frame.label}` : ''}`;
      const left = Math.min(from, to);
      // Beside the arrow's own span, so that it crosses no other lifeline than its own.
      drawing.append(
        svg('line', { x1: from, y1: y, x2: to - direction * 7, y2: y, class: 'arrow' }),
        svg('path', { d: `M ${to} ${y} l ${-direction * 8} -4 l 0 8 z`, class: 'head' }),
        svg('text', { x: left + 6, y: y - 4 }, svg('title', {}, `${frame.ms} ms: ${frame.text}`), label.slice(0, 60)));
    });
    return [
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Sequence diagram' }, drawing),
      ...(methods.length > some.length ? [element('p', {}, `… and ${methods.length - some.length} more, in the table below`)] : []),
    ];
  }

  function hex(frame) {
    const bytes = frame.raw.match(/../g) || [];
    const lines = [];
    for (let start = 0; start < bytes.length; start += 16) {
      const row = bytes.slice(start, start + 16);
      const text = row.map((byte) => {
        const code = parseInt(byte, 16);
        return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
      }).join('');
      lines.push(`${start.toString(16).padStart(6, '0')}  ${row.join(' ').padEnd(47)}  ${text}`);
    }
    if (frame.size > bytes.length) lines.push(`… ${frame.size - bytes.length} bytes more, in the cell's folder`);
    return lines.join('\n');
  }

  function lazily(title, make) {
    const details = element('details', {}, element('summary', {}, title));
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1) details.append(...[make()].flat());
    });
    return details;
  }

  function frameTable(frames) {
    return element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Frames' }, element('table', { class: 'frames' },
      element('thead', {}, element('tr', {}, ...['ms', 'who', 'frame'].map((name) => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, ...frames.map((frame) => element('tr', {},
        element('td', {}, frame.ms), element('td', {}, `${frame.role} ${frame.out ? '→' : '←'} ${frame.connection}`),
        element('td', {}, frame.text, lazily(`${frame.size} bytes`, () => element('pre', { class: 'hex' }, hex(frame)))))))));
  }

  function keptOf(cell) {
    const kept = evidence[cell.number];
    if (!kept) {
      return [element('p', { class: 'soft' }, cell.folder
        ? `Its frames and logs are in ${cell.folder}, beside report.json; they are not in this page.`
        : 'No frames and logs were kept of it: --evidence all keeps those of every cell.')];
    }
    return [
      element('h3', {}, 'The call'), ...diagram(kept), element('h3', {}, 'Evidence'),
      lazily(`${kept.frames.length} frames, decoded and in hexadecimal${kept.cut ? `; ${kept.cut} more are in the folder` : ''}`,
        () => frameTable(kept.frames)),
      ...kept.logs.map((log) => lazily(`Log of the ${log.role}`, () => element('pre', {}, log.lines.join('\n')))),
      element('p', { class: 'soft' }, `Folder: ${cell.folder}`),
    ];
  }

  function detail(cell) {
    // Causes before what follows from them.
    const sorted = [...cell.found].sort((a, b) =>
      order.indexOf(a.verdict) - order.indexOf(b.verdict) || Number(Boolean(a.because)) - Number(Boolean(b.because)));
    const [red, rest] = [sorted.filter((one) => isRed(one.verdict)), sorted.filter((one) => !isRed(one.verdict))];
    return element('div', { class: 'detail' },
      ...(cell.reason ? [element('p', {}, `Not run: ${cell.reason}`)] : []),
      ...(cell.unexplained ? [element('p', {}, 'Nobody\'s frames explain it: a problem of the harness.')] : []),
      ...red.map(check),
      element('h3', {}, 'Repeat it'), command(cell.repeat),
      ...(rest.length ? [lazily(`${rest.length} known or noted`, () => rest.map(check))] : []),
      element('p', { class: 'soft' }, `${cell.passed} checks passed. ${cell.milliseconds} ms.`
        + (cell.app_name ? ` Application ${cell.app_name}.` : '')),
      ...keptOf(cell));
  }

  function showCells() {
    const some = cells.filter((cell) => matches(cell))
      .sort((a, b) => order.indexOf(a.shown) - order.indexOf(b.shown) || a.number - b.number);
    const chosen = cells.find((cell) => cell.name === state.cell);
    const first = some.slice(0, shown);
    if (chosen && !first.includes(chosen)) first.unshift(chosen);
    byId('cells').replaceChildren(...first.map((cell) => {
      const isOpen = cell === chosen;
      return element('li', {},
        element('button', {
          type: 'button', class: 'open', 'aria-expanded': String(isOpen), 'data-cell': cell.number,
          onclick: () => {
            go({ cell: isOpen ? '' : cell.name });
            const again = document.querySelector(`[data-cell="${cell.number}"]`);
            if (again) again.focus({ preventScroll: true });
          },
        }, shape(cell.shown), ` ${cell.name} `, element('span', { class: 'soft' }, `${verdicts[cell.shown][1]}${
          cell.blame ? `: ${cell.blame.map((one) => `${one.peer} as ${one.role}, ${one.check}`).join('; ')}` : ''}`)),
        ...(isOpen ? [detail(cell)] : []));
    }));
    byId('more').hidden = some.length <= shown;
    const red = some.filter((cell) => isRed(cell.shown)).length;
    byId('chosen').textContent = `${some.length} of ${cells.length} cells${red ? `, ${red} not as expected` : ''}`
      + (state.combination ? `, of ${JSON.parse(state.combination).join(', ')}` : '');
  }

  byId('more').addEventListener('click', () => { shown += page; showCells(); });

  function show() {
    try { if (state.combination) JSON.parse(state.combination).join(); } catch { delete state.combination; }
    showMatrix();
    showCells();
  }

  addEventListener('hashchange', readAddress);
  showQuality();
  readAddress();
})();
