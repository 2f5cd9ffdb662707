// The address of the events of the last week, as the suite asks for them.
const MS_PER_DAY = 86_400_000;

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function events(more = ""): string {
  const now = Date.now();
  return `/depot/events?range=0&from_date=${day(now - 7 * MS_PER_DAY)}&to_date=${day(now + MS_PER_DAY)}${more}`;
}
