import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILES_MAX = 50;
const OURS = /^profile-[\dTZ-]+-\d+\.pb\.gz$/u;

/** A folder that keeps the newest profiles. */
export class ProfileFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {Error} when the folder cannot be written */
  write(startMs: number, profile: Uint8Array): string {
    mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    const time = new Date(startMs).toISOString().replaceAll(/[:.]/gu, '-');
    const file = join(this.#path, `profile-${time}-${process.pid}.pb.gz`);
    writeFileSync(file, profile, { mode: 0o600 });
    this.#prune();
    return file;
  }

  #prune(): void {
    const names = readdirSync(this.#path)
      .filter((name) => OURS.test(name))
      .sort();
    for (const name of names.slice(0, -FILES_MAX)) rmSync(join(this.#path, name), { force: true });
  }
}
