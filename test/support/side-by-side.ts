interface Story {
  (title: string, story: () => Promise<void>): void;
  each<T>(cases: readonly T[]): (title: string, story: (one: T) => Promise<void>) => void;
}

/** Tells stories side by side: all begin before the first test, and each is judged in a test of its own. */
export function sideBySide(begin: () => Promise<void>): Story {
  const stories: { readonly story: () => Promise<void>; told: Promise<void> | null }[] = [];
  beforeAll(async () => {
    await begin();
    for (const one of stories) {
      one.told = one.story();
      one.told.catch(() => undefined); // its own test says so
    }
  });
  const tell = (title: string, story: () => Promise<void>) => {
    const one: (typeof stories)[number] = { story, told: null };
    stories.push(one);
    it(title, async () => {
      await one.told;
    });
  };
  return Object.assign(tell, {
    each:
      <T>(cases: readonly T[]) =>
      (title: string, story: (one: T) => Promise<void>) => {
        for (const one of cases) tell(title.replace('%s', String(one)), () => story(one));
      },
  });
}
