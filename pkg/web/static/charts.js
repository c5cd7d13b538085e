// Draws every <script type="application/json" data-chart="ID"> into <div class="chart" id="ID">.
(() => {
  'use strict';

  const NOTHING = '—';
  const charts = new Map();
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  // fixed rounds half up on the decimal digits, as every figure of the product is rounded.
  function fixed(value, digits) {
    const whole = Math.round(Number(Math.abs(value).toFixed(6) + 'e' + digits));
    const text = (whole / 10 ** digits).toFixed(digits);
    return (value < 0 && whole > 0 ? '-' : '') + text;
  }

  // number takes a plain value or what ECharts hands to a formatter; null is "not reported".
  function number(given) {
    let value = given !== null && typeof given === 'object' && !Array.isArray(given) ? given.value : given;
    if (Array.isArray(value)) value = value[value.length - 1];
    return value === null || value === undefined || value === '' || isNaN(value) ? null : Number(value);
  }

  const show = (format) => (given) => {
    const value = number(given);
    return value === null ? NOTHING : format(value);
  };
  const percent = show((value) => fixed(value, 0) + '%');
  const percent1 = show((value) => fixed(value, 1) + '%');
  const count = show((value) => fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ','));

  // A point may bring its own words as "tip"; else its value is formatted.
  const line = (format) => (point) =>
    point.marker + (point.seriesName || '') + '  ' + (point.data && point.data.tip || format(point));
  const tooltip = (format) => (points) => {
    const list = (Array.isArray(points) ? points : [points]).filter((point) => !(point.data && point.data.quiet));
    if (list.length === 0) return '';
    return [list[0].axisValueLabel || list[0].name, ...list.map(line(format))].join('\n');
  };

  const functions = {
    percent, percent1, count,
    tooltipPercent1: tooltip(percent1),
    tooltipCount: tooltip(count),
    tip: (point) => point.data && point.data.tip || point.name,
    // a place on an axis of quarters counted from the year 0, where a year begins
    year: (place) => place % 4 === 0 ? String(place / 4) : '',
    // "KEY title": a phone has room for the key alone
    row: (name) => innerWidth < 576 ? name.split(' ')[0] : name.length > 18 ? name.slice(0, 17) + '…' : name,
  };
  const slots = new Set(['formatter', 'valueFormatter', 'renderItem']);

  // resolve puts functions in place of "fn:name", and only where ECharts takes one: a unit may be
  // called anything.
  function resolve(node) {
    for (const [key, value] of Object.entries(node)) {
      if (value !== null && typeof value === 'object') resolve(value);
      else if (slots.has(key) && typeof value === 'string' && value.startsWith('fn:')) node[key] = functions[value.slice(3)];
    }
    return node;
  }

  function prepare(option, target, still) {
    resolve(fit(option, target));
    const font = getComputedStyle(document.body).fontFamily;
    option.textStyle = { fontFamily: font, color: '#1f2b3a', ...option.textStyle };
    // the name in the page, where there is one: ECharts would read out blanks as NaN
    option.aria = { enabled: true, label: { description: target.getAttribute('aria-label') }, ...option.aria };
    if (still || calm.matches) option.animation = false;
    // an HTML tooltip needs style attributes, which the content security policy refuses
    option.tooltip = { confine: true, ...option.tooltip, renderMode: 'richText' };
    option.tooltip.textStyle = { fontFamily: font, ...option.tooltip.textStyle };
    for (const series of [].concat(option.series || [])) {
      if (series.type === 'map') series.showLegendSymbol = false; // a dot that pushes the label away
      if (!(series.data || []).some((point) => point && point.url)) series.cursor = 'default';
    }
    return option;
  }

  // An option that names the size of its text is for a big screen: all its lengths are for that size, and
  // become larger or smaller as the text of the chart's box is.
  const LENGTHS = new Set(['fontSize', 'lineHeight', 'symbolSize', 'distance', 'padding', 'margin', 'width', 'borderWidth',
    'itemWidth', 'itemHeight', 'left', 'right', 'top', 'bottom']);
  const times = (length, factor) => {
    if (Array.isArray(length)) return length.map((one) => times(one, factor));
    return length !== '' && !isNaN(length) ? Number(length) * factor : length;
  };
  function enlarge(node, factor) {
    for (const [key, value] of Object.entries(node)) {
      if (LENGTHS.has(key)) node[key] = times(value, factor);
      else if (value !== null && typeof value === 'object') enlarge(value, factor);
    }
  }
  function fit(option, target) {
    const size = option.textStyle && option.textStyle.fontSize;
    if (!size) return option;
    enlarge(option, parseFloat(getComputedStyle(target).fontSize) / size);
    if (option.legend) option.legend.itemGap = option.textStyle.fontSize * 1.5;
    return option;
  }

  const resizer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const chart = charts.get(target);
      if (!chart) continue;
      chart.resize();
      if (chart.source) chart.setOption(prepare(JSON.parse(chart.source.textContent), target, true), { notMerge: true });
    }
  });

  function open(event) {
    const url = event.data && event.data.url;
    if (typeof url === 'string' && /^\/(?![/\\])/.test(url)) location.assign(url);
  }

  // A chart on the uploaded map waits for its shapes, which its series names "uploaded".
  const maps = new Map();
  function shapesFrom(url) {
    if (!/^\/(?![/\\])/.test(url)) return Promise.reject(new Error('not our own map'));
    if (!maps.has(url)) {
      maps.set(url, fetch(url, { credentials: 'same-origin' }).then((answer) => {
        if (!answer.ok) throw new Error('map: ' + answer.status);
        return answer.json();
      }).then((shapes) => echarts.registerMap('uploaded', shapes)));
    }
    return maps.get(url);
  }

  function draw(source, still) {
    const target = document.getElementById(source.dataset.chart);
    if (!target || charts.has(target)) return;
    if (target.dataset.bars) target.style.height = 6 + 1.75 * target.dataset.bars + 'rem';
    const chart = echarts.init(target, null, { locale: document.documentElement.lang.startsWith('zh') ? 'ZH' : 'EN' });
    charts.set(target, chart);
    const paint = () => {
      if (chart.isDisposed()) return;
      const option = prepare(JSON.parse(source.textContent), target, still);
      if (option.textStyle.fontSize) chart.source = source; // to be fitted again
      chart.setOption(option);
    };
    if (source.dataset.shapes) {
      shapesFrom(source.dataset.shapes).then(paint, () => { // the table has the figures
        maps.delete(source.dataset.shapes);
        target.textContent = NOTHING;
      });
    } else paint();
    chart.on('click', open);
    resizer.observe(target);
  }

  function drawCharts(root) {
    for (const [target, chart] of charts) {
      if (target.isConnected) continue;
      resizer.unobserve(target);
      chart.dispose();
      charts.delete(target);
    }
    for (const source of root.querySelectorAll('script[data-chart]')) draw(source, root !== document);
  }

  window.pilotboard = Object.assign(window.pilotboard || {}, { drawCharts });
  drawCharts(document);
})();
