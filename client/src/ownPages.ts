/** Pages that the editor's side made itself, shown under the scheme of the reference beside those that the server has. */

/** More than anybody keeps open. */
const MAX_PAGES = 20;

class OwnPages {
  private readonly pages = new Map<string, string>();

  /** @param path `/verifier-log/1.md` */
  add(path: string, markdown: string): void {
    this.pages.set(path, markdown);
    for (const old of this.pages.keys()) if (this.pages.size > MAX_PAGES) this.pages.delete(old);
  }

  get(path: string): string | undefined {
    return this.pages.get(path);
  }
}

export const OWN_PAGES = new OwnPages();
