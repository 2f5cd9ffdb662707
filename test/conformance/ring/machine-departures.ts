// Where our members differ from the original on purpose: by group of cases and reason, the numbers of the cases. Checked both
// ways (machine.test.ts): a case that is listed must differ, one that is not must agree.
export const departures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "membership by incarnation and health (§9.1)": {
    "nobody we hold alive is confirmed dead on another's word alone: it is tried first (§9.3)": "6 10",
  },
  "membership by source (§9.2, §9.3)": {
    "an address seen at equal incarnation is learnt (§19.15)": "2 186",
    "only a member's own higher incarnation undoes what is said of it: it is told, and refutes (§19.15)":
      "6 8 12 14 18 20 190 192 196 198 202 204",
    "a PingReq tells of its sender and of others as a Ping does (the original does not look, §9.2)": "60-63",
    "a suspect that others hold for dead has had its time to refute": "82 86 142 146",
  },
  "services, configuration and files by incarnation (§12.2)": {
    // At equal incarnation all members keep the content with the larger hash (§19.5): in these cases, the stored one.
  },
  "elections seen from outside the group (§13.4)": {
    "a newer term replaces an older one, whoever stands in it (§13.4 mixes them)":
      "18 19 21 22 45 46 48 49 72 73 93 94 108 109 138 139 153 154 177 178",
    "votes of one term do not count in another": "24 25 51 52 75 76 78 79 123 124 168 169 186 187",
    "a finished election takes no more votes":
      "129 130 132 133 135 136 144 145 147 148 150 151 159 160 162 163 165 166",
    "of two results of one term all members keep the same one (§19.10)": "131 134 161",
    "of two results of one candidate the votes are gathered": "146 149 152",
  },
  "elections in the group (§13.3)": {
    "a candidate finishes its election as soon as the votes suffice, not when the rumor comes back (§13.3)":
      "1 5 9 13 17 21 25 29 33 77 153 177 249 321 361 365 369 373 377 381 413 417 465 513 561",
    "without a candidate or leader that may live, or a quorum for the own lead, a new term begins at once (§13.5: a second later, or never)":
      "38 39 42 43 46 47 50 51 54 55 58 59 62 63 66 67 70 71 114 115 118 119 126 127 130 131 136-139 142 143 186 187 190 191 198 199 202 203 210 211 214 215 256-263 268-275 280-283 286 287 330-335 342-347 354 355 358 359 398 399 402-407 446 447 450-455 494 495 498 499 502 503 540-551 590 591 594 595 598 599",
    "only who has led keeps its place by the largest suitability, not who merely stood (§13.3)":
      "80 81 92 104 105 116 117 128 129 140 141",
    "a finished election takes no more votes": "93 165",
    "whether there is a quorum is seen anew each time (§19.10)":
      "112 113 124 125 444 445 448 449 615-623 627-635 639-644",
    "of two results of one term all members keep the same one (§19.10)":
      "150 151 294 295 305-307 462 463 558 559 569-571",
    "of two results of one candidate the votes are gathered": "162 318 474 582",
    "a better candidate that has not voted yet stands itself, whatever it heard first (§19.10)": "220 244",
    "a newer term is joined, and a newer result taken, from anybody (§19.11)":
      "224-227 236-239 298 299 310 311",
    "an own election that comes back late does not win over a better candidate of its term (§13.4)":
      "233 521",
    "one votes for the candidate one holds at once, also where all else is known": "508 532",
  },
  "elections held anew (§13.5)": {
    "whether there is a quorum is seen anew each time (§19.10)": "1 2 9 18 49 50 57 66",
    "a candidate that is gone is replaced (§19.10)": "12 14 22 24 60 62 70 72",
    "without a candidate or leader that may live, or a quorum for the own lead, a new term begins at once (§13.5: a second later, or never)":
      "13 15 23 25 61 63 71 73",
    "a leader nothing is known of gets some time: word of it may be on its way": "44 46 92 94",
  },
};
