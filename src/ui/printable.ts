// What strangers wrote (a hart's header, a depot's answer, a hook's line) must not steer the terminal.

/** Control characters but tab and newline, and the marks that turn the direction of text (they hide what is written). */
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text for people with every character that could steer a terminal as `?`. Not for data: that stays as it is. */
export function printable(text: string): string {
  return text.replace(STEERING, "?");
}

/** The same for a text that must stay on its line. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, "?");
}
