import type { OutputEscaper, PrintedValue } from '../run/output-escaper.ts';
import { type Budget, typeName } from '../value.ts';
import { escapeUrlPart } from './escape-url.ts';
import { HtmlContext, type HtmlPlace } from './html-context.ts';

/** What `safeHtml` and `safeUrl` give. */
export const HTML_TYPE = 'template.HTML';
export const URL_TYPE = 'template.URL';

const ENTITIES: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '+': '&#43;',
  '<': '&lt;',
  '>': '&gt;',
};

const URL_ATTRIBUTES: ReadonlySet<string> = new Set([
  'action',
  'background',
  'cite',
  'codebase',
  'data',
  'formaction',
  'href',
  'icon',
  'longdesc',
  'manifest',
  'poster',
  'profile',
  'src',
  'usemap',
]);

/** Colours, sizes and names; nothing that loads or runs. */
const SAFE_CSS = /^[A-Za-z0-9 #%.,_-]*$/u;
const REFUSED_CSS = 'ZgotmplZ';

/** Escapes each value for the place in the HTML where it is printed, as Go's `html/template` does. */
export function createHtmlEscaper(): OutputEscaper {
  const context = new HtmlContext();
  return {
    follow: (text) => context.follow(text),
    escape: (printed, budget) => {
      budget.spend(printed.text.length / 100);
      const escaped = escapeAt(context.place, printed, budget);
      context.skipValue();
      return escaped;
    },
  };
}

function escapeAt(place: HtmlPlace, printed: PrintedValue, budget: Budget): string {
  const refusal = refusalAt(place);
  if (refusal !== undefined) throw new Error(refusal);
  if (place.kind === 'attribute') return escapeAttribute(place, printed, budget);
  // A comment is not shown, and a value could end it.
  if (place.kind !== 'text' || printed.value === undefined) return '';
  const isSafe = typeName(printed.value) === HTML_TYPE || printed.lastFunction === 'html';
  return isSafe ? printed.text : escapeHtmlText(printed.text);
}

/** Why nothing can be printed at a place; `undefined` where it can. */
export function refusalAt(place: HtmlPlace): string | undefined {
  if (place.kind === 'code') return `cannot print a value inside <${place.element}>`;
  if (place.kind === 'tag')
    return 'cannot print a value inside an HTML tag, outside its attributes';
  if (place.kind === 'attribute' && place.name.startsWith('on')) {
    return `cannot print a value inside the event handler "${place.name}"`;
  }
  return undefined;
}

type AttributePlace = Extract<HtmlPlace, { readonly kind: 'attribute' }>;

function escapeAttribute(place: AttributePlace, printed: PrintedValue, budget: Budget): string {
  budget.spend(1);
  const escaped = attributeText(place, printed);
  // Without quotes, a space would end the value.
  return place.quote === '' ? escaped.replaceAll(/[\s=`]/gu, numericEntity) : escaped;
}

function attributeText(place: AttributePlace, printed: PrintedValue): string {
  const { value, lastFunction } = printed;
  if (value === undefined) return '';
  if (lastFunction === 'html') return printed.text;
  if (typeName(value) !== HTML_TYPE) return escapeHtmlText(plainAttributeText(place, printed));
  // What was HTML already keeps its entities and loses its tags.
  return escapeHtmlText(printed.text.replaceAll(/<[^>]*>?/gu, '')).replaceAll('&amp;', '&');
}

function plainAttributeText(place: AttributePlace, printed: PrintedValue): string {
  const { text, value, lastFunction } = printed;
  if (URL_ATTRIBUTES.has(place.name)) {
    const isQuery = lastFunction === 'urlquery' && /[?#]/u.test(place.before);
    const isTrusted = isQuery || typeName(value) === URL_TYPE;
    return escapeUrlPart(text, { before: place.before, isTrusted });
  }
  if (place.name === 'style') return SAFE_CSS.test(text) ? text : REFUSED_CSS;
  return text;
}

function escapeHtmlText(text: string): string {
  return text.replaceAll(/[\0"'&+<>]/gu, (character) => ENTITIES[character] ?? character);
}

function numericEntity(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}
