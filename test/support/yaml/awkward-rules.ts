/** Rule files as people write them, at the edges of YAML. Each is text, or bytes. */
export interface AwkwardFile {
  readonly name: string;
  readonly text: string | Uint8Array;
}

const RULE = 'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n';

/** A rule with one more field, written as it comes. */
const withField = (field: string): string => `${RULE}${field}\n`;

const utf16 = (text: string, isLittle: boolean): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isLittle ? bytes : bytes.swap16();
};

const TEXTS: Readonly<Record<string, string>> = {
  'a quoted text that goes on at column 0': withField(
    '    annotations:\n      summary: "one\ntwo\n  three"',
  ),
  'a closing quote at column 0': withField('    annotations:\n      summary: "one\n"'),
  'a single-quoted text at column 0': withField("    annotations: {summary: 'it''s\nhere'}"),
  'an escaped line break': withField('    annotations:\n      summary: "a \\\n        b\\\n  c"'),
  'a flow list that ends left of its key':
    'groups: [\n{name: g, rules: [\n{alert: A, expr: up}\n]}\n]\n',
  'a flow map that ends at its key': withField('    labels: {\n    a: b,\n    }'),
  'a comment right behind a quote': withField('    labels: {a: "x"#y\n      }'),
  'a comment behind a quoted value': withField('    for: "5m"#five minutes'),
  'a hash inside a word': withField('    labels: {a: x#y}'),
  'CR only': RULE.replaceAll('\n', '\r'),
  CRLF: withField('    annotations:\n      d: |\n        a\n        b\n').replaceAll('\n', '\r\n'),
  'NEL and LS as line breaks': RULE.replace('\n  rules', '\u0085  rules').replace(
    '\n    expr',
    '\u2028    expr',
  ),
  'a byte order mark': `\ufeff${RULE}`,
  'a document start': `---\n${RULE}`,
  'a YAML 1.1 directive': `%YAML 1.1\n---\n${RULE}`,
  'a YAML 1.2 directive': `%YAML 1.2\n---\n${RULE}`,
  'a tag directive': `%TAG !e! tag:example.com,2000:\n---\n${RULE}`,
  'a tag of an unknown handle': withField('    for: !x!y 5m'),
  'a second document that is broken': `${RULE}---\n[[[\n`,
  'a document end': `${RULE}...\n`,
  'text behind the document': `${RULE}...\nfoo: "`,
  'tabs behind values': withField('    for: 5m\t \n    labels: {a: b}\t# c'),
  'a tab as indentation': withField('\tfor: 5m'),
  'a tab in front of a value': withField('    for:\t5m'),
  'a tab behind a dash': 'groups:\n-\tname: g\n',
  'tabs in flow': withField('    labels: {\n\ta: b,\n\tc: d\n\t}'),
  'lists at the column of their key': RULE,
  'lists deeper than their key':
    'groups:\n    - name: g\n      rules:\n          - record: a\n            expr: b\n',
  'a mixed indentation':
    'groups:\n  - name: g\n    rules:\n     - record: a\n       expr: b\n    interval: 5s\n',
  'a wrong indentation': 'groups:\n  - name: g\n   rules: []\n',
  'a key without a value': 'groups:\n- name: g\n  rules:\n  labels:\n',
  'a question mark key': '? groups\n: - name: g\n    rules: []\n',
  'a question mark alone': '? groups\n',
  'a long key': `groups:\n- name: g\n  labels: {"${'k'.repeat(2000)}": v}\n`,
  'a key of 1000 characters': `groups:\n- name: g\n  labels: {"${'k'.repeat(1000)}": v}\n`,
  'a key over two lines': 'groups:\n- name: g\n  labels: {"a\n  b": v}\n',
  'a colon without space in flow': withField('    labels: {"a":b}'),
  'a colon inside a plain word': withField('    labels: {a: b:c}'),
  'a plain url': withField('    annotations:\n      url: http://example.com/a?b=c#d'),
  'a plain url in flow': withField('    annotations: {url: http://example.com/a}'),
  'a question mark in a flow word': withField('    annotations: {url: a?b}'),
  'a question mark in a block word': withField('    annotations:\n      url: a?b'),
  'a colon behind a word': withField('    annotations:\n      a: b: c'),
  'a percent sign first': withField('    annotations:\n      a: %b'),
  'an at sign first': withField('    annotations:\n      a: @b'),
  'a backtick first': withField('    annotations:\n      a: `b'),
  'a dash first': withField('    annotations:\n      a: -b'),
  'a comma first': withField('    annotations:\n      a: ,b'),
  'an exclamation mark': withField('    annotations:\n      a: !b'),
  'a literal block': withField(
    '    annotations:\n      a: |\n        b\n         c\n\n        d\n',
  ),
  'a folded block': withField('    annotations:\n      a: >-\n        b\n        c\n\n        d\n'),
  'a block with an indicator': withField('    annotations:\n      a: |2-\n          b\n'),
  'a block with both indicators': withField('    annotations:\n      a: >-1\n        b\n'),
  'a block with indicator 0': withField('    annotations:\n      a: |0\n        b\n'),
  'a block with text behind the bar': withField('    annotations:\n      a: | b\n        c\n'),
  'a block with a comment': withField('    annotations:\n      a: | # c\n        c\n'),
  'a block with a comment without space': withField('    annotations:\n      a: |#c\n        c\n'),
  'a block with less indentation later': withField(
    '    annotations:\n      a: |\n          b\n        c\n',
  ),
  'a block whose first lines are longer blanks': withField(
    '    annotations:\n      a: |\n            \n        c\n',
  ),
  'a block with tabs': withField('    annotations:\n      a: |\n        b\n\tc\n'),
  'a block at the end without a break': withField(
    '    annotations:\n      a: |\n        b',
  ).trimEnd(),
  'an empty block': withField('    annotations:\n      a: |\n      b: c\n'),
  'a comment less indented inside a block': withField(
    '    annotations:\n      a: |\n        b\n    # not text\n',
  ),
  'a plain text over lines': withField(
    '    annotations:\n      a: one\n        two\n\n        three',
  ),
  'a plain text over lines with a comment': withField(
    '    annotations:\n      a: one\n        # comment\n        two',
  ),
  'a plain text over lines with a colon': withField(
    '    annotations:\n      a: one\n        two: b',
  ),
  'an expression over lines':
    'groups:\n- name: g\n  rules:\n  - record: a\n    expr: sum(\n      up\n    )\n',
  'an expression that ends at its key':
    'groups:\n- name: g\n  rules:\n  - record: a\n    expr: sum(\n      up\n      )\n',
  'an anchor and an alias': `groups:\n- name: g\n  labels: &l {a: b}\n  rules:\n  - {record: a, expr: b, labels: *l}\n`,
  'an alias as a key': 'groups:\n- name: &n g\n  labels: {*n : b}\n',
  'an anchor with a dot': 'groups:\n- name: &a.b g\n',
  'an anchor with a dash': 'groups:\n- name: &a-b g\n  labels: {a: *a-b}\n',
  'an anchor at a list': 'groups: &g\n- name: a\n  rules: []\n',
  'an anchor at nothing': 'groups:\n- name: g\n  rules: &r\n  labels: &l\n',
  'an unknown alias': 'groups: *nothing\n',
  'a merge': 'groups:\n- &g {name: g, interval: 5s}\n- <<: *g\n  name: h\n',
  'a merge of a list': 'groups:\n- &g {name: g, interval: 5s}\n- <<: [*g]\n  name: h\n',
  'a merge of a text': 'groups:\n- <<: 5\n  name: h\n',
  'a key twice': 'groups:\n- name: g\n  name: h\n',
  'a key that is a list': 'groups:\n- name: g\n  labels: {[a]: b}\n',
  'null words': 'groups:\n- name: g\n  rules: ~\n- null\n-\n',
  'numbers and booleans as labels': withField(
    '    labels: {a: 1, b: 1.50, c: true, d: yes, e: 0x1f}',
  ),
  'a null label': withField('    labels: {a: , b: ~}'),
  'a tagged text': withField('    labels: {a: !!str 5, b: ! 6}'),
  'a verbatim tag': withField('    labels: {a: !<tag:yaml.org,2002:str> 5}'),
  'a tag without a value': withField('    labels: {a: !!str}'),
  'a single pair in a list': 'groups: [name: g]\n',
  'an empty flow entry': 'groups: [{name: g, , rules: []}]\n',
  'a trailing comma': 'groups: [{name: g, rules: [],},]\n',
  'a missing comma': 'groups: [{name: g rules: []}]\n',
  'a missing bracket': 'groups: [{name: g, rules: []}\n',
  'an extra bracket': 'groups: [{name: g, rules: []}]]\n',
  'a missing quote': withField('    labels: {a: "b}'),
  'a bad escape': withField('    labels: {a: "\\d"}'),
  escapes: withField('    labels: {a: "\\x41\\u00e9\\U0001F600\\t\\"\\\\"}'),
  'an escaped slash': withField('    labels: {a: "a\\/b"}'),
  'a surrogate escape': withField('    labels: {a: "\\ud800"}'),
  'a document mark in a quote': withField('    annotations:\n      a: "b\n---\nc"'),
  'a document mark in a plain text': withField('    annotations:\n      a: b\n---\nc: d'),
  'a control character': withField('    labels: {a: "b\u0007"}'),
  'a delete character': withField('    labels: {a: "b\u007f"}'),
  'an astral character': withField('    labels: {a: 😀}'),
  'a word without a colon': `${RULE}    word\n`,
  'a list in a map': `${RULE}    - a\n`,
  'a map in a list': 'groups:\n- name: g\nrules: []\n',
  'two keys on a line': 'groups: a: b\n',
  'a quoted key': '"groups":\n- "name": g\n  \'rules\': []\n',
  'a quoted key with a space in front of the colon': '"groups" :\n- name : g\n',
  'only comments': '# nothing\n  # at all\n',
  nothing: '',
  'only a document start': '---\n',
  'a scalar': 'groups\n',
  'a list': '- groups\n',
  'comments everywhere':
    '# a\ngroups: # b\n  # c\n- name: g # d\n  # e\n  rules: # f\n  # g\n  - record: a # h\n    expr: b # i\n # j\n',
  'trailing spaces': RULE.replaceAll('\n', '  \n'),
  'flow inside block inside flow':
    'groups: [{name: g, rules: [{record: a, expr: "b", labels: {c: [d]}}]}]\n',
  'a dash in flow': 'groups: [- a]\n',
  'a dash behind a key': 'groups: - name: g\n',
  'nested dashes': 'groups:\n- - name: g\n',
  'a complex key': 'groups:\n- ? name\n  : g\n  ? rules\n  : []\n',
};

export const AWKWARD_FILES: readonly AwkwardFile[] = [
  ...Object.entries(TEXTS).map(([name, text]) => ({ name, text })),
  { name: 'UTF-16LE with a mark', text: utf16(RULE, true) },
  { name: 'UTF-16BE with a mark', text: utf16(RULE, false) },
  { name: 'UTF-16LE without a mark', text: Buffer.from(RULE, 'utf16le') },
  { name: 'a byte that is no UTF-8', text: Buffer.from(withField('    for: 5m\xff'), 'latin1') },
];
