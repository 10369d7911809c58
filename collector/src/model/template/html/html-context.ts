/** Where in an HTML document the next character goes. */
export type HtmlPlace =
  | { readonly kind: 'text' }
  /** Between `<` and `>`, outside attribute values. */
  | { readonly kind: 'tag' }
  | { readonly kind: 'comment' }
  /** Inside `<script>` or `<style>`. */
  | { readonly kind: 'code'; readonly element: string }
  | {
      readonly kind: 'attribute';
      readonly name: string;
      /** Empty for a value without quotes. */
      readonly quote: '"' | "'" | '';
      /** The value's text so far. */
      readonly before: string;
    };

const CODE_ELEMENTS: ReadonlySet<string> = new Set(['script', 'style']);
const SPACE = /[ \t\n\f\r]/u;
/** Only the beginning of a value decides how the rest is escaped. */
const BEFORE_LENGTH_MAX = 4_096;

/**
 * Follows HTML text character by character: text, tags, attributes, comments, code.
 *
 * It knows no more of HTML than what decides how a value must be escaped.
 */
export class HtmlContext {
  #kind: 'text' | 'tag' | 'comment' | 'code' | 'value' = 'text';
  /** The name of the tag that is open, or of the element whose code this is. */
  #element = '';
  #isNaming = false;
  #attribute = '';
  /** After `name`: an equals sign stands before the value that comes. */
  #hasEquals = false;
  #quote: '"' | "'" | '' = '';
  #before = '';
  /** The last characters, for `-->` and `</script`. */
  #tail = '';

  clone(): HtmlContext {
    const copy = new HtmlContext();
    copy.#kind = this.#kind;
    copy.#element = this.#element;
    copy.#isNaming = this.#isNaming;
    copy.#attribute = this.#attribute;
    copy.#hasEquals = this.#hasEquals;
    copy.#quote = this.#quote;
    copy.#before = this.#before;
    copy.#tail = this.#tail;
    return copy;
  }

  /** Where a value would stand now. An output right behind `name=` begins a value without quotes. */
  get place(): HtmlPlace {
    switch (this.#kind) {
      case 'text':
      case 'comment':
        return { kind: this.#kind };
      case 'code':
        return { kind: 'code', element: this.#element };
      case 'value':
        return this.#attributePlace();
      case 'tag':
        return this.#hasEquals ? this.#attributePlace() : { kind: 'tag' };
    }
  }

  #attributePlace(): HtmlPlace {
    return {
      kind: 'attribute',
      name: this.#attribute.toLowerCase(),
      quote: this.#quote,
      before: this.#before,
    };
  }

  /** A value was written, escaped for its place, so that it changes nothing around it. */
  skipValue(): void {
    if (this.#kind === 'tag' && this.#hasEquals) this.#beginValue('');
  }

  follow(text: string): void {
    for (const character of text) this.#step(character);
  }

  #step(character: string): void {
    switch (this.#kind) {
      case 'text':
        this.#inText(character);
        return;
      case 'tag':
        this.#inTag(character);
        return;
      case 'value':
        this.#inValue(character);
        return;
      case 'comment':
        this.#tail = (this.#tail + character).slice(-3);
        if (this.#tail === '-->') this.#enterText();
        return;
      case 'code':
        this.#inCode(character);
    }
  }

  #enterText(): void {
    this.#kind = 'text';
    this.#tail = '';
  }

  #inText(character: string): void {
    this.#tail = (this.#tail + character).slice(-4);
    if (this.#tail === '<!--') {
      this.#kind = 'comment';
      this.#tail = '';
    } else if (/<[a-zA-Z/]$/u.test(this.#tail)) this.#enterTag(character);
  }

  #enterTag(first: string): void {
    this.#kind = 'tag';
    this.#element = first;
    this.#isNaming = true;
    this.#attribute = '';
    this.#hasEquals = false;
  }

  #inTag(character: string): void {
    if (character === '>') this.#leaveTag();
    else if (this.#isNaming) {
      if (SPACE.test(character)) {
        this.#isNaming = false;
        this.#tail = ' ';
      } else this.#element += character;
    } else if (this.#hasEquals) {
      if (character === '"' || character === "'") this.#beginValue(character);
      else if (!SPACE.test(character)) {
        this.#beginValue('');
        this.#inValue(character);
      }
    } else if (character === '=') this.#hasEquals = true;
    else if (SPACE.test(character) || character === '/') this.#tail = ' ';
    else {
      // A space ends a name, unless an equals sign follows it.
      this.#attribute = this.#tail === ' ' ? character : this.#attribute + character;
      this.#tail = '';
    }
  }

  #leaveTag(): void {
    const element = this.#element.replace(/\/$/u, '').toLowerCase();
    this.#enterText();
    if (CODE_ELEMENTS.has(element)) {
      this.#kind = 'code';
      this.#element = element;
    }
  }

  #beginValue(quote: '"' | "'" | ''): void {
    this.#kind = 'value';
    this.#quote = quote;
    this.#before = '';
    this.#hasEquals = false;
  }

  #inValue(character: string): void {
    const isEnd =
      this.#quote === '' ? SPACE.test(character) || character === '>' : character === this.#quote;
    if (!isEnd) {
      if (this.#before.length < BEFORE_LENGTH_MAX) this.#before += character;
      return;
    }
    this.#kind = 'tag';
    this.#attribute = '';
    this.#before = '';
    this.#quote = '';
    this.#tail = ' ';
    if (character === '>') this.#leaveTag();
  }

  #inCode(character: string): void {
    const end = `</${this.#element}`;
    this.#tail = (this.#tail + character).slice(-end.length);
    if (this.#tail.toLowerCase() === end) {
      this.#enterTag('/');
      this.#element = end.slice(1);
    }
  }
}
