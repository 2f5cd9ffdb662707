export const helpDepartures: Readonly<Record<string, { differences: string[]; reason: string }>> = {};
