/** When a route was deprecated, when it will be gone, and what to call instead. */
export interface Deprecated {
  /** ISO 8601 instants. */
  readonly since: string;
  readonly sunset: string;
  /** The path of the route that takes its place. */
  readonly successor?: string;
}

/** The headers that tell a caller of a deprecated route: RFC 9745, RFC 8594, and links to what comes instead. */
export function deprecationHeaders({
  since,
  sunset,
  successor,
}: Deprecated): Readonly<Record<string, string>> {
  const links = [
    '</docs>; rel="deprecation"; type="text/html"',
    ...(successor === undefined ? [] : [`<${successor}>; rel="successor-version"`]),
  ];
  return {
    deprecation: `@${String(Math.floor(Date.parse(since) / 1_000))}`,
    sunset: new Date(sunset).toUTCString(),
    link: links.join(', '),
  };
}
