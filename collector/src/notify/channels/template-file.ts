/** A file of `templates:`, read when the configuration is loaded. */
export interface TemplateFile {
  /** As the configuration names it, for messages. */
  readonly name: string;
  readonly text: string;
}
