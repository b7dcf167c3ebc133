"""Every sentence of the view "How far can I trust this?"; plain text, as in `wording`.

Does not: hold markup, a measured number of ours (`measured` reads those), or decide which sentence applies.
"""

from __future__ import annotations

ANSWER_TAB = "The answer"
TAB = "How far can I trust this?"
LEAD = (
    "As far as it has been measured. Here is what the attack does, run before your eyes; how often it was right where "
    "the truth is known; and where it is weaker than one would hope."
)

PICTURES_TITLE = "The attack in five pictures"
PICTURES_TEXT = (
    "Choose an invented person. The pictures are drawn from a run that happens now, on this machine. Choose the same "
    "one again to repeat it with other names."
)
PICTURES_NONE = "No examples are installed, so there is nothing to run here."
PICTURE_TITLES = (
    "Photos of one person",
    "Names into prompts",
    "One photo, one prompt, every name",
    "One prompt, every photo: a vote",
    "All prompts: the verdict",
)
PHOTOS_CAPTION = "{photos} portraits of {name}. {truth}"
PROMPTS_CAPTION = (
    "Each of {names:,} names goes into each of {prompts} prompts: {sentences:,} sentences. The other names are drawn "
    "at random with seed {seed}; {known:,} of them are names that the model may know."
)
PROMPTS_MORE = "… {names:,} more names, {prompts} more prompts"
CELL_CAPTION = (
    "Photo {photo} and the prompt “{prompt}”: how well each of the {names:,} names fits. This name is number "
    "{rank:,}; the photo votes for {choice}."
)
VOTE_CAPTION = "The prompt “{prompt}”, all {photos} photos: {own} vote for this name. {winner}"
VOTE_WON = "It has more votes than any other and wins the prompt."
VOTE_LOST = "{name} has the most and wins the prompt."
VOTE_TIE = "Nobody has more than everybody else, so nobody wins the prompt."
WON_CAPTION = (
    "{prompts} such votes: this name wins {hits}. The paper's rule asks for {tau} and says “{said}”. The grey steps "
    "are the line of chance: how often, at most, a name no different from the others would win as many prompts. "
    "With all checks, the outcome here is “{outcome}”."
)
THIS_NAME = "this name"
SHOWN = "Done. These pictures were drawn from the run that has just ended, with seed {seed}."
TRUTH_RIGHT = "The paper's rule is right here."
TRUTH_WRONG = "The paper's rule is wrong here."

MEASURED_TITLE = "How often it is right, where the truth is known"
MEASURED_TEXT = (
    "Tried were {members:,} invented people whom the sandbox model was trained on, and {others:,} who were drawn in "
    "the same way and left out: {names:,} names, tau {tau}, {draws} random draws of photos each, on portraits that "
    "were never trained on. Bars are exact 95 % intervals that count people."
)
MEASURED_NONE = "This installation has no file of measured rates (assets/sandbox/evaluation.json)."
FOUND = "Members found (TPR)"
FALSE_ALARMS = "Non-members called members (FPR)"
TRAINING = "Members found, by how often the model saw them"
BY_RULE = "Other rules than the paper's"
BY_RULE_TEXT = (
    "The p-values ask where the name ranks, among all names or among those of its own style; “strong link” asks for "
    "everything at once. What a rule gains in people found it can pay for in false alarms."
)
PHOTOS_AXIS, TRAINING_AXIS = "photos used", "training portraits"
FOUND_AXIS, FALSE_AXIS = "found", "called members"
TRAINING_TEXT = (
    "A line for each number of photos; the more portraits the model saw, the surer it finds the person."
)
FALSE_TEXT = "The dashed line is what chance allows at most, for names that carry no hint of the face."
SERIES_PHOTOS = "{photos} photos"
SERIES_PHOTO = "1 photo"
RULE_TITLES = {
    "idia": "the paper's rule",
    "idia tau=1": "the paper's rule, tau 1",
    "idia tau=3": "the paper's rule, tau 3",
    "idia tau=5": "the paper's rule, tau 5",
    "p_general<=0.01": "p ≤ 0.01 among all names",
    "p_general<=0.05": "p ≤ 0.05 among all names",
    "p_matched<=0.05": "p ≤ 0.05 among names of its style",
    "p_crossed<=0.05": "p ≤ 0.05 for the pairing",
    "strong": "“strong link”",
}
RULES_DRAWN = ("idia", "idia tau=5", "p_general<=0.01", "p_matched<=0.05", "strong")
OUTCOMES_TITLE = "What the four outcomes say of people whose truth is known"
OUTCOMES_TEXT = "With {photos} photos: the share of people of each kind who get each outcome."
OUTCOMES_COLUMNS = ("outcome", "of the members", "of the others")
SPREADS_TITLE = "Are the p-values honest?"
SPREADS_TEXT = (
    "The p-values of people whom the model never saw, with {photos} photos. Valid ones spread evenly, along the "
    "dashed line; too many at the left end would call chance a finding."
)
SPREAD_TITLES = {
    "general": "among all names",
    "matched": "among names of the same style",
    "crossed": "for the pairing of first and last name",
}
SPREAD_NONE = "{people} people. No small value comes up more often than it may."
SPREAD_FINE = (
    "{people} people. Small values come up more often than they may, by {gap}; chance alone makes a gap as large in up "
    "to {chance} of cases."
)
SPREAD_BAD = (
    "{people} people. Small values come up too often, by {gap}; chance alone makes a gap as large in {chance} of cases "
    "at most. So this p-value alone is not to be trusted."
)
BLIND = (
    "For comparison, a guess from the letters of the name alone, which never looks at the model, calls {members} of "
    "the members and {others} of the others members."
)
MEASURED_COLUMNS = ("photos", "members found", "95 %", "non-members called members", "95 %", "people")
RULE_COLUMNS = ("rule", "members found", "95 %", "non-members called members", "95 %")
REPEAT = "To repeat it:"
COMMAND = (
    "python -m idia_core evaluate --model sandbox --people people --truth people/truth.csv --photos {photos}"
)

PAPER_TITLE = "The paper's figures beside ours"
PAPER_TEXT = (
    "Hintersdorf, Struppek, Brack, Friedrich, Schramowski and Kersting, “Does CLIP Know My Face?”, JAIR 80, 2024, "
    "arXiv 2209.07341, and the notebooks of its official repository (v1). Different models and people, so only the "
    "shape compares. Intervals of counts are ours."
)
PAPER_COLUMNS = ("run", "photos", "members found (TPR)", "non-members called members (FPR)")
PAPER_ROWS: tuple[tuple[str, str, str, str | tuple[int, int]], ...] = (
    ("LAION-400M ViT-B/32, 505 members, 18 non-members", "30", "0.915 to 0.925", (0, 18)),
    ("LAION-400M ViT-B/16", "30", "0.939 to 0.943", (1, 18)),
    ("LAION-400M ViT-L/14", "30", "0.949 to 0.956", (4, 18)),
    ("LAION-400M ViT-B/32", "1", "0.636 to 0.661", "1 to 2 of 18"),
    ("the paper's summary of all runs", "up to 30", "above 0.70 to 0.95", "near 0 to under 0.02"),
)
"""Run, photos, TPR, and FPR as words or as a count. Source: arXiv 2209.07341 and its repository's notebooks."""
PAPER_COUNT = "{count} of {trials} ({low:.1%} to {high:.1%})"
PAPER_OURS = "our sandbox, {members:,} members, {others:,} non-members"
PAPER_NOTE = (
    "A rate without an interval says little: 0 of 18 still allows a true rate of {high:.0%}. Of these 18 people, the "
    "authors later found 14 in the training data."
)

DECOYS_TITLE = "The other names decide"
DECOYS_TEXT = (
    "A name wins if it beats the others, so the rate depends on who they are. A small CLIP trained on 10,000 real "
    "photographs (31 members and 127 non-members tried, 20 draws, tau 1, 1,000 names) found nearly everybody among "
    "random names, and far fewer among names of people that it knew too. With one photo it was wrong on 3.9 % of "
    "non-members, above the bound of 2.1 %: about 5 of 127 people, not significant alone, but what one expects when "
    "names carry style."
)
DECOYS_AXES = ("photos used", "members found")
DECOYS_RANDOM, DECOYS_KNOWN = "among random names", "among names the model knows"
DECOYS_ROWS = (
    (1, 0.75, None, 0.039),
    (3, 0.74, 0.42, 0.011),
    (5, 0.91, 0.65, 0.015),
    (10, 0.97, 0.77, 0.016),
)
"""Photos, TPR among random names, TPR among known names, FPR. Source: this project's protocol, measured once."""
DECOYS_MEMBERS = 31
DECOYS_COLUMNS = ("photos", "found among random names", "found among known names", "false alarms")
DECOYS_HERE = (
    "On this page half of the other names are of people whom the model may know, and every verdict says how many. "
    "Names that share the first or the last name are a second, harder test."
)
POOLS_TITLE = "Our sandbox: members found among 201 names, by who the others are"
DECOYS_CHART = "Real photographs: members found"
POOL_TITLES = {
    "everybody": "everybody of the sandbox",
    "unknown": "nobody it knows",
    "half": "half of them known (this page)",
    "known": "all of them known",
    "matched": "the same first or last name",
}

CALCULATOR_TITLE = "What chance allows: a calculator"
CALCULATOR_TEXT = (
    "A prompt has one winner at most, so that at most {prompts} ÷ tau names can win tau of {prompts} prompts. A name "
    "no different from the others is as likely as any to be among them."
)
CALCULATOR_TAU = "Prompts to win (tau), of {prompts}"
CALCULATOR_NAMES = "Names to compare"
CALCULATOR_MODELS = "Models tried, any of which may say “member”"
CALCULATOR_ANSWER = "At most {winners} of {names:,} names can win {tau} or more of {prompts} prompts."
CALCULATOR_MODELS_ANSWER = "{models} models were tried, which multiplies it by {models}."
CALCULATOR_PEOPLE = "Of 100 people whom no model knows, expect at most {people} to be called members."
CALCULATOR_ASSUMES = (
    "It holds only if the name tells nothing of the face. A name that hints at sex, age or origin can win more often: "
    "that is what the names of the same style are for."
)

WEAK_TITLE = "Where it is weaker than one would hope"
WEAK = (
    "Among names of people that the model knows, far fewer members are found than among random names.",
    "With one photo the rate of false alarms can exceed the bound, because names carry style; fewer than three photos "
    "never give a verdict here.",
    "The sandbox is a world of drawings: its rates are those of a small model of invented people, not of the model "
    "that you may ask.",
    "No test from outside can prove that somebody's photos were trained on: the case “not trained on them, all else "
    "equal” cannot be sampled (Zhang et al., arXiv 2409.19798).",
)
WEAK_RARE = (
    "Of people whom the model saw once, {found} were found with {photos} photos: “no link found” says little about "
    "them."
)
WEAK_STRONG = (
    "Only {found} of the members get “strong link” with {photos} photos; the paper's rule finds {idia}."
)
WEAK_MATCHED = (
    "Among names of their own style, {found} of the members still stand out, and {alarms} of the others do."
)
WEAK_CROSSED = (
    "The pairing of first and last name is found for {found} of the members and {alarms} of the others: a weak check, "
    "which decides nothing by itself."
)
WEAK_GENERAL = (
    "A p-value of {level} or less among all names comes up for {alarms} of the people whom the model never saw, with "
    "{photos} photos, and not for {level}: names carry style. That is why names of the same style are asked too."
)
WEAK_SPREAD = "The p-value {kind} is too small too often for people whom the model never saw (see above)."
