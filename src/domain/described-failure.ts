/** What may be told of a failure: never its own words, which may quote a URL, an address or a name. */
export interface DescribedFailure {
  /** The class of what was thrown. */
  readonly error: string;
  /** SQLSTATE, errno, or a code of the cloud or of our own, where there is one. */
  readonly code?: string;
  /** The same of what caused it. */
  readonly cause?: string;
  /** Where in the code, innermost first: function, file, line, column. */
  readonly places: readonly string[];
}

const mostPlaces = 6;
/** Further down than this a cause says nothing that helps. */
const mostCauses = 4;

/** Codes are short and of one piece; what is not may be somebody's words. */
const codePattern = /^[\w.-]{1,60}$/;
/** A frame as V8 writes it, with a function or without. What stands in a message is cut off before. */
const framePattern =
  /^ {4}at (?:async )?(?:([\w.$<>#[\] ]{1,120}) \()?(?:file:\/\/)?((?:node:|[A-Za-z]:|\/)[^()\s]{1,400}:\d+:\d+)\)?$/;

/** Class, code and places of whatever was thrown. */
export function describeFailure(thrown: unknown): DescribedFailure {
  const code = codeOf(thrown);
  const cause = causesOf(thrown);
  return {
    error: classOf(thrown),
    ...(code === null ? {} : { code }),
    ...(cause === '' ? {} : { cause }),
    places: placesOf(thrown),
  };
}

/** Class and code in one short text, for a column or a job. */
export function shortName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown error';
  const code = codeOf(thrown);
  return `${classOf(thrown)}${code === null ? '' : ` ${code}`}`.slice(0, 120);
}

function classOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return thrown === null ? 'null' : typeof thrown;
  // A class that gave itself no name is told by its constructor's: "Error" says nothing, nor does PostgreSQL's "error".
  const name = thrown.name.toLowerCase() === 'error' ? thrown.constructor.name : thrown.name;
  return codePattern.test(name) ? name : 'Error';
}

/** Its own code, or the driver's below it, or what our own errors carry as their cause. */
function codeOf(thrown: unknown): string | null {
  const { code, driverError, cause } = Object(thrown) as Readonly<Record<string, unknown>>;
  const below = (Object(driverError) as { readonly code?: unknown }).code;
  for (const found of [code, below, cause])
    if (typeof found === 'string' && codePattern.test(found)) return found;
  return null;
}

function causesOf(thrown: unknown): string {
  const told: string[] = [];
  let { cause } = Object(thrown) as { readonly cause?: unknown };
  while (cause instanceof Error && told.length < mostCauses) {
    told.push(shortName(cause));
    ({ cause } = cause);
  }
  return told.join(' < ');
}

function placesOf(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return [];
  const { stack, message } = thrown;
  const start = message === '' ? -1 : stack.indexOf(message);
  const frames = start < 0 ? stack : stack.slice(start + message.length);
  return frames.split('\n').flatMap(placeOf).slice(0, mostPlaces);
}

/** Without what stands before the program: where it is installed is nobody's business. */
function placeOf(line: string): readonly string[] {
  const [, inFunction, file] = framePattern.exec(line) ?? [];
  if (file === undefined) return [];
  const inProgram = file.replace(/^.*\/(?=(?:dist|node_modules)\/)/, '').replace(/^\/.*\/(?=[^/]+$)/, '');
  return [inFunction === undefined ? inProgram : `${inFunction} ${inProgram}`];
}
