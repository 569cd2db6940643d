import { allRoutes, tags } from './routes.js';

/** Small pages without scripts: they work offline and under the strictest content policy. */
const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title></head><body><main>${body}</main></body></html>`;

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function problemPage(code: string, meaning: string): string {
  return page(code, `<h1>${escape(code)}</h1><p>${escape(meaning)}</p>`);
}

/** The routes by subject, with what they do and demand; the document itself is linked. */
export function docsPage(): string {
  const named = Object.entries(tags).filter(([tag]) => tag !== 'Service');
  const sections = named.map(([tag, about]) => {
    const rows = allRoutes
      .filter((route) => route.tag === tag)
      .map(
        ({ method, path, summary, permission }) =>
          `<tr><td><code>${method} ${escape(path)}</code></td><td>${escape(summary)}</td><td>${escape(permission)}</td></tr>`,
      );
    return `<h2>${escape(tag)}</h2><p>${escape(about)}</p><table><tr><th>Route</th><th>What it does</th><th>Permission</th></tr>${rows.join('')}</table>`;
  });
  return page(
    'Postern',
    `<h1>Postern</h1><p>The exemption desk for outbound port 25. The whole contract: <a href="/openapi.json">openapi.json</a>.</p>${sections.join('')}`,
  );
}
