import type { FilledNumber, FilledResult, Filling, RoundItem } from '../../core/checklist/round.ts';
import { compareSeverity } from '../../core/severity.ts';
import { isWebLink } from '../blocks/buttons.ts';
import { mention, mentionOwner } from '../cards/mention.ts';
import { cutMrkdwn, inline, joinMrkdwn, link, type Mrkdwn, mrkdwn } from '../text/mrkdwn.ts';
import { renderTime, showValue } from '../text/times.ts';
import { typedText } from '../text/typed-text.ts';

const OFFENDERS_SHOWN = 2;
const SEVERAL = 3;
const RESULTS_SHOWN = 2;
const LINKS_SHOWN = 3;
/** A smaller change to the last round is none, as a ratio. */
const SAME = 0.005;

/** An item of a round: its state, what perfbot measured, what is left to a person. At most `max` characters. */
export function itemLine(item: RoundItem, { timezone, max }: { timezone: string; max: number }): Mrkdwn {
  const lines = [
    mrkdwn`*${inline(item.title, 75)}*: ${stateOf(item, timezone)}`,
    ...(item.filling === undefined ? [] : [resultOf(item, item.filling, timezone)]),
    ...(item.checked || item.person === undefined
      ? []
      : [mrkdwn`For a person: ${typedText(item.person, 200)}`]),
    ...(item.owner === undefined || isLooking(item) ? [] : [ownerOf(item, item.owner)]),
    ...(item.checked || item.openSince === undefined
      ? []
      : [mrkdwn`Open since ${renderTime(item.openSince, timezone)}`]),
    ...(item.note === undefined
      ? []
      : [mrkdwn`Note by ${mention(item.notedBy ?? 'somebody')}: ${inline(item.note, 300)}`]),
  ];
  return cutMrkdwn(joinMrkdwn(lines, '\n'), max);
}

/** Nobody is called for an item that perfbot may settle: owners are named when it has looked. */
function isLooking({ checked, fill, filling }: RoundItem): boolean {
  return !checked && fill !== undefined && filling === undefined;
}

function ownerOf({ ownerBy }: RoundItem, owner: string): Mrkdwn {
  const given =
    ownerBy === undefined || ownerBy === owner ? inline('') : mrkdwn`, given by ${mention(ownerBy)}`;
  return mrkdwn`Owner: ${mentionOwner(owner)}${given}`;
}

function stateOf(item: RoundItem, timezone: string): Mrkdwn {
  const { checked, checkedBy, checkedAt, filling } = item;
  if (checked) {
    const who = checkedBy === undefined ? inline('perfbot') : mention(checkedBy);
    const when = checkedAt === undefined ? inline('') : mrkdwn`, ${renderTime(checkedAt, timezone)}`;
    return mrkdwn`✅ done by ${who}${when}`;
  }
  if (isLooking(item)) return mrkdwn`⏳ perfbot is looking`;
  switch (filling?.severity) {
    case 'critical':
      return mrkdwn`🔴 critical, needs a person`;
    case 'warning':
      return mrkdwn`🟠 warning, needs a person`;
    case 'unknown':
      if (filling.loadtest !== undefined && filling.results?.length === 0) return mrkdwn`☐ open`;
      return mrkdwn`⚪ not fully measured, needs a person`;
    case 'ok':
    case undefined:
      return mrkdwn`☐ open`;
  }
}

function resultOf({ fill }: RoundItem, filling: Filling, timezone: string): Mrkdwn {
  const { numbers, remarks, ruledOut = [], summary, results = [] } = filling;
  const off = numbers.filter(({ severity }) => compareSeverity(severity, 'unknown') > 0);
  // A person decides with the numbers, or nothing judges them and they come in the order of their change.
  const several = fill?.settle === 'never' || (summary !== undefined && results.length === 0);
  const fine = numbers.slice(0, several ? SEVERAL : 1);
  const shown = off.length > 0 ? off.slice(0, OFFENDERS_SHOWN) : fine;
  const reasons = numbers.length + remarks.length === 0 ? ruledOut : [];
  const found = [
    ...shown.map((number) => numberText(number, timezone)),
    ...[...remarks, ...reasons].slice(0, OFFENDERS_SHOWN).map((reason) => inline(reason, 200)),
  ];
  const told = results.slice(0, RESULTS_SHOWN).map((result) => resultText(result, timezone));
  const more = results.length - told.length;
  const counts = inline(summary ?? countsOf(filling));
  const measured = joinMrkdwn([...found, counts, ...evidenceOf(filling)], ' · ');
  return joinMrkdwn([...told, ...(more > 0 ? [mrkdwn`… and ${more} more`] : []), measured], '\n');
}

function evidenceOf({ evidence = [] }: Filling): readonly Mrkdwn[] {
  const links = evidence.slice(0, LINKS_SHOWN).map(({ title, url }) => linkTo(title, 40, url));
  return links.length === 0 ? [] : [mrkdwn`Evidence: ${joinMrkdwn(links, ', ')}`];
}

function linkTo(name: string, max: number, url: string | undefined): Mrkdwn {
  return url !== undefined && isWebLink(url) ? link(url, name, max) : inline(name, max);
}

/** A result that has a message of its own, with the way there. */
function resultText({ title, text, at, url }: FilledResult, timezone: string): Mrkdwn {
  return mrkdwn`${linkTo(title, 100, url)}, ${renderTime(at, timezone)}: ${inline(text, 250)}`;
}

function countsOf({ remarks, ruledOut = [], measured, offending, unmeasured }: Filling): string {
  const judged =
    offending === 0 ? `${measured} measured, all fine` : `${measured} measured, ${offending} off`;
  const counts = [
    ...(measured > 0 ? [judged] : []),
    ...(measured === 0 && ruledOut.length > 0
      ? [`${ruledOut.length} ${ruledOut.length === 1 ? 'cause' : 'causes'} ruled out`]
      : []),
    ...(unmeasured > 0 ? [`${unmeasured} not measured`] : []),
    ...(remarks.length > OFFENDERS_SHOWN ? [`${remarks.length - OFFENDERS_SHOWN} more causes`] : []),
  ];
  return counts.join(', ') || (remarks.length > 0 ? '' : 'no target gives these numbers');
}

function numberText(number: FilledNumber, timezone: string): Mrkdwn {
  const { title, service, value, unit, usual, threshold, before, beforeWhat = 'last round' } = number;
  const show = (shown: number) => showValue(shown, unit, timezone);
  const parts = [
    `${subjectOf(title, service)} ${show(value)}`,
    ...(usual === undefined ? [] : [`usually ${show(usual)}`]),
    ...(threshold === undefined ? [] : [`target ${show(threshold)}`]),
    ...(before === undefined ? [] : [`${beforeWhat} ${show(before)}${changeText(before, value)}`]),
  ];
  return inline(parts.join(', '), 300);
}

/** A title that is a sentence of its own does not go on with "of". */
function subjectOf(title: string, service: string): string {
  return / (of|that) /.test(title) ? `${title} (${service})` : `${title} of ${service}`;
}

function changeText(before: number, value: number): string {
  if (before === 0 || !Number.isFinite(value / before)) return '';
  const change = value / before - 1;
  if (Math.abs(change) < SAME) return ' (the same)';
  return ` (${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(Math.abs(change) < 0.1 ? 1 : 0)} %)`;
}
