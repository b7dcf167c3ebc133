"""Every sentence that a visitor reads, but for the outcome's own (`outcome`) and what went wrong (`IdiaError`).

All of it is plain text: whoever shows it escapes it. Braces are filled with `str.format`, by our own values only.

Does not: hold markup, or decide which sentence applies.
"""

from __future__ import annotations

import math

from idia_core.clip.registry import ModelSpec
from idia_core.clip.weights import size_text

TITLE = "Does CLIP know this face?"
SUBTITLE = (
    "CLIP models learn from pictures and captions of the web. Ask one whether it links a face with a name."
)
PRIVACY = (
    "Your photos go to the machine that runs this page and nowhere else. They are held in memory only, never written "
    "to disk, and are gone when you close the page or leave it unused."
)

DROP_TITLE = "Photos of one person"
DROP_HINT = "Drop them anywhere on this page, paste them, or"
DROP_CHOOSE = "choose files"
DROP_CAMERA = "use the camera"
DROP_FORMATS = "Three or more. JPEG, PNG, WebP, AVIF; up to {megabytes} MB each, {photos} photos."
DROP_BUSY = "Reading the photos…"
CAMERA_SHOOT = "Take a photo"
CAMERA_CLOSE = "Done"
CAMERA_REFUSED = "The camera could not be opened. Allow it in the browser, or choose files instead."

NAME_LABEL = "The person's name"
NAME_HINT = "First and last name"
MODEL_LABEL = "Model to ask"
MODEL_HERE = "On this machine"
MODEL_AWAY = "Not on this machine yet"
MODEL_OPTION_AWAY = "{title} ({size}, must be fetched)"
MODEL_TRAINED = "Trained on {data}."
MODEL_IN_PAPER = "The paper attacked it."
MODEL_LICENCE = "Licence: {licence}."
MODEL_MISSING = "Its weights are not on this machine. Fetch them once{size} with:"
MODEL_DOWNLOADS = "Its weights are not on this machine. They are fetched{size} when you ask."
FETCH_COMMAND = "python -m idia_core models fetch {key}"

GO = "Ask the model"
STOP = "Stop"
OPTIONS = "Options"
TAU_LABEL = "Prompts to win for “member” (tau)"
TAU_INFO = "The paper uses 1. Recomputes at once."
SIZE_LABEL = "Names to compare"
SIZE_INFO = "The claimed one included. Recomputes at once."
SEED_LABEL = "Seed"
SEED_INFO = "Decides which other names are drawn. For the next run."
TEMPLATES_LABEL = "Prompts of your own"
TEMPLATES_INFO = "One a line, with {0} where the name goes. Empty: the paper's 21. For the next run."
FORGET = "Forget everything now"
FORGOTTEN = "Forgotten: photos, name and result are no longer in memory."

OTHERS_TITLE = "Check the name on somebody else"
OTHERS_LABEL = "Photos of somebody else"
OTHERS_WHY = (
    "Optional: photos of other people, of the same age and sex if you can. The name ought to lose on them; if it "
    "wins there too, it wins whoever is shown. They are kept and forgotten like the others."
)
OTHERS_HINT = "Drop them here, or"
OTHERS_USUAL = "Same formats and limits. For the next run."
OTHERS_COUNT = "{photos} of somebody else"
OTHERS_REMOVE = "Remove photo {number} of somebody else"
PHOTO_OWN, PHOTO_OWN_HINT = "This is one of the person's own photos.", "Add one of somebody else."
OTHERS_GIVEN = "Tried on your {photos} of somebody else."
OTHERS_INVENTED = "Tried on {photos} of other invented people, which this page added by itself."
OTHERS_NONE = "Add some under “{title}”."

EXAMPLES_TITLE = "No photos at hand? Try an invented person:"
EXAMPLES_NONE = "No examples are installed."
EXAMPLE_SEEN = "seen {count}×"
EXAMPLE_SEEN_ONCE = "seen once"
EXAMPLE_NEVER = "never seen"
EXAMPLE_TRUTH_SEEN = "Known truth: the sandbox model was trained on {count} other portraits of this person."
EXAMPLE_TRUTH_SEEN_ONCE = "Known truth: the sandbox model was trained on 1 other portrait of this person."
EXAMPLE_TRUTH_NEVER = "Known truth: the sandbox model never saw this person."

STEPS_TITLE = "How it works"
STEPS = (
    ("Photos", "You give three or more photos of one person, and a name."),
    ("Names", "The name is mixed with 999 others."),
    ("Prompts", "Every name goes into 21 sentences, such as “a photo of …”."),
    ("Match", "For each photo and prompt, the model picks the name that fits best."),
    ("Vote", "If the photos agree on the name, the model links it with this face."),
)
WELCOME = "A model trained on pictures of the web may have learned whose face is whose."
WELCOME_TEXT = (
    "If it picks the right one of a thousand names for a face, again and again, it links the two. Find out for "
    "yourself, or for an invented person whose truth is known."
)
WELCOME_BUTTON = "Show me with an example"
WELCOME_BUTTON_PLAIN = "Choose photos to begin"

STRIP_COUNT = "{count} photos"
STRIP_ONE = "1 photo"
STRIP_FEW = "Add {count} more: a vote needs three."
STRIP_EXAMPLE = "{name}, an invented person"
STRIP_CLEAR = "Remove"
STRIP_REMOVE = "Remove photo {number}"
STRIP_REFUSED = "Set aside ({count})"

RUN_START = "Getting ready"
RUN_LOADING = "Loading {title}"
RUN_FETCHING = "Fetching {title}: {done} of {total}"
RUN_WAITING = "The model is still busy with what came before; you are next"
RUN_IN_LINE_ONE = "Waiting: one run is before yours"
RUN_IN_LINE = "Waiting: {ahead} runs are before yours"
LINE_USUAL = ", usually within {seconds} seconds"
LINE_USUAL_MINUTES = ", usually within {minutes} minutes"
LINE_FULL = ("Too many people are asking right now.", "Try again in a minute; your photos stay here.")
RUN_STAGES = {
    "candidates": "Reading the candidate names: {done:,} of {total:,}",
    "name": "Reading the name",
    "photos": "Looking at the photos: {done} of {total}",
    "views": "Looking again, with the face only and the face covered: {done} of {total}",
}
RUN_LEFT = ", about {seconds:.0f} seconds left"
RUN_LEFT_MINUTES = ", about {minutes} minutes left"
RUN_DONE = "Done. Move tau or the number of names in Options, or switch photos off, and watch the verdict."
STOPPED = "Stopped. Nothing is lost: your photos and your settings are still here."
STOPPED_PARTIAL = "Stopped. The result covers the photos looked at so far."
BROKE = "Something went wrong on our side. Your photos are still here: try again, or with fewer of them."
RUN_TOO_LONG = (
    "The run was ended after {seconds} seconds, the longest that this page allows.",
    "Ask with fewer photos, prompts or names; what was seen so far is kept.",
)
FETCH_TOO_LONG = (
    "The download was ended after {seconds} seconds, the longest that this page allows.",
    "Ask again to go on: what arrived is kept.",
)
OPENING_TOO_LONG = ("Opening these photos took too long.", "Add fewer of them at once.")
NO_MEMORY = (
    "The model ran out of memory. Your photos are still here: try again with fewer of them, with fewer prompts, or in "
    "a minute."
)
NO_FILES = "This page takes no files or addresses in this way."
NO_UPLOAD = "This is no photo."
NO_EXAMPLE = ("There is no such example.", "Load the page again.")
PHOTO_TWIN, PHOTO_TWIN_HINT = "The very same file as {label}.", "It is counted once."
PHOTO_TOO_MANY, PHOTO_TOO_MANY_HINT = "Only {most} photos are looked at.", "Remove others first."
NO_PHOTO = ("There is no photo yet.", "Add three or more photos of one person, or click an example.")
NO_NAME = ("There is no name yet.", "Type the person's first and last name.")

CONSENT = "These are photos of me, or I may use them"
CONSENT_MISSING = (
    "The tick above the button is missing.",
    "Ask the model only about yourself, or about somebody who agreed.",
)
NOT_FOR = (
    "Not for finding out who a stranger is, nor for judging anybody, "
    "and not with photos of people who have not agreed."
)
CLOCK = "Your photos, the name and the result are forgotten in {time}, sooner if you close the page."
EXPIRED = (
    "Forgotten, because nothing was done for {minutes} min: your photos, the name and the result are no longer "
    "held here. What you still see is only in this browser."
)

API_NOT_AGREED = (
    "i_may_use_these_photos is not true.",
    "Ask only about yourself, or about somebody who agreed.",
)
API_NOTHING = ("The run ended without a result.", "Ask again.")
API_NO_TEXT = (
    "Photo {number} is no base64 text.",
    "Send whole image files as base64 text; paths and addresses are not opened.",
)
API_ARGUMENTS = ("An argument cannot be understood.", "See the endpoint's description for what each one is.")

SANDBOX_RIBBON = "Sandbox: invented people. This says nothing about a real person."
PARTIAL_RIBBON = "So far: {done} of {total} photos"
IDIA_TITLE = "The paper's rule (IDIA)"
IDIA_MEMBER = "member"
IDIA_NOT_MEMBER = "not a member"
IDIA_HITS = "{hits} of {prompts} prompts won; it takes {tau} (tau)"
IDIA_BOUND = (
    "For a name no different from the others, chance alone says “member” in at most {bound} of cases."
)
HITS_TITLE = "prompts won"
HITS_TEXT = "prompts on which more photos chose this name than any other"
P_TITLE = "p-value"
P_TEXT = "By chance, a name no different from the others ranks this high at most {one_in}."
P_FLOOR = "The smallest value that {names:,} names allow."
PHOTOS_TITLE = "photos used"
PHOTOS_ALL = "Every photo of this run takes part."
PHOTOS_SOME = "{out} switched off, {refused} set aside."
WHY = "Why"
SURER = "What would make it surer"
STATES = {
    "passed": "holds",
    "failed": "does not hold",
    "not_run": "not tried",
    "impossible": "impossible here",
}
LIMITS_TITLE = "What this does not show"
LIMITS = (
    "It does not prove that the model was trained on these photos, or on this person: a namesake, a look-alike or "
    "something else in the pictures can cause a link.",
    "“No link found” never shows that there is none: the captions may have lacked the name.",
    "It never says that one particular photo was used.",
    "The p-value counts as long as the name is as likely as the others to fit by chance. A name that tells of age, "
    "sex or origin may fit by style alone.",
)

RANKING_TITLE = "Where this name ranks among {names:,}"
RANKING_TEXT = (
    "Each grey bar counts names. The further right, the better a name fits all photos together. Names that share "
    "the first or the last name carry the same hints of sex, age and origin: a real link must beat these too."
)
RANKING_POOL = "{known:,} of the other names belong to people whom the model may know."
GROUP_COLUMNS = ("compared with", "place", "p-value", "best of these")
GROUP_GENERAL = "all {count:,} others"
GROUP_FIRST = "{count:,} with the same first name"
GROUP_LAST = "{count:,} with the same last name"
GROUP_CROSSED = "{count:,} pairs of such first and last names, by the pairing alone"
GROUP_NOTE = (
    "All are drawn on one scale, that of the first group; places count by each group's own scale, so that at close "
    "quarters the two can differ by a place or so."
)
GROUP_ONLY = "Names of the same style were not compared."
POOL = (
    "Compared with {others:,} other names: {known:,} are of people whom the model may know, the rest are drawn at "
    "random. Harder rivals would be beaten less often."
)
POOL_SANDBOX = (
    "Compared with {others:,} other invented names: {known:,} are of people whom this model was trained on, the rest "
    "are of nobody it knows."
)
VIEWS_TITLE = "The face, or what is around it?"
VIEWS_TEXT = "The model was asked again with the photos cut to the face, and with every face covered."
VIEWS_DRAWN = (
    "These portraits are drawn, and a detector of real faces does not find theirs reliably: what is cut out or covered "
    "here is simply the middle of the picture."
)
VIEW_TITLES = {"whole": "Whole photo", "face": "Face only", "covered": "Face covered"}
VIEW_ASKED = "the verdict is about this"
VIEW_PHOTOS = "{count}"
VIEW_WON = "Prompts won"
VIEW_HITS = "{hits} of {prompts}"
VIEW_PLACE = "Place of the name"
CARRIERS = {
    "face": "The face carries the name: it wins without the surroundings, and not without the face.",
    "surroundings": "The surroundings carry the name: it wins with the face covered, and not by the face alone.",
    "both": "The name wins by the face alone, but with the face covered too: something else points to it as well.",
    "together": "Neither the face alone nor the surroundings alone carry the name; only the whole photos do.",
    "nothing": "The name wins in none of these ways.",
    "unknown": "No face was found in some of the ways, so that they cannot be compared.",
}
CROP_LABEL = "What the model is shown"
CROP_INFO = "For the next run."
CROP_CHOICES = (("The whole photo, as in the paper", "whole"), ("The face with some room around it", "face"))
FACE_WHICH = "Photo {photo} shows several people. Whose name do you mean?"
FACE_LABEL = "Face {face} of photo {photo}"
DOUBTS_ONE = "Worth knowing about one photo"
DOUBTS = "Worth knowing about {count} photos"
DOUBT_PHOTO = "Photo {number}:"
FEW_GOOD = "Only {good} of them show a face that no other shows: a vote needs three."
MATRIX_TITLE = "What the model answered"
MATRIX_TEXT = "One row for each prompt, one column for each photo."
CARDS_TITLE = "Photo by photo"
CARDS_TEXT = "Switch a photo off, and everything is computed again without it."
VOTES_TITLE = "The vote on each prompt"
VOTES_TEXT = "A prompt is won (✓) if more photos chose this name than any other. A tie (=) elects nobody."
CURVE_TITLE = "How the verdict changes with the number of photos"
CURVE_TEXT = "The share of random choices of so many photos on which the paper's rule says “member”."
INFLUENCE_TITLE = "What each photo does for the name"
INFLUENCE_TEXT = "Each photo is left out in turn. On the right: the prompts won without it."
INFLUENCE_SAME = "All photos together won {hits} prompts; whichever one is left out, it is {fewest}."
INFLUENCE_RANGE = (
    "All photos together won {hits} prompts; with one left out it is {fewest} to {most}, depending on which."
)
INFLUENCE_MOST = "Photo {number} ({sign}) speaks most for the name."
INFLUENCE_LEAST = "Without photo {number} ({sign}) the name would fit better."
INFLUENCE_COLUMNS = (
    "photo",
    "adds to the fit",
    "prompts won without it",
    "p-value of it alone",
    "p-value without it",
)
TABLE_OPEN = "Show as a table"
THIS_NAME = "this name"
RIVAL = "the strongest other name"
OTHERS = "all others"
CARD_OWN = "{own} of {prompts} prompts answered with this name"
CARD_ANSWER = "Most often answered"
CARD_RANK = "This name's usual place"
CARD_RANK_VALUE = "{rank:,} of {names:,}"
CARD_ON, CARD_OFF = "used", "left out"
CARD_SWITCH = "Use photo {number}"
TIE = "nobody (tie)"

ABOUT = "· {model} · {photos} · {names:,} names"
THEME = "Light or dark"
PRESENT = "Larger, for a hall (P)"
PRESENT_HINT = "Larger type, and nothing but the essentials. The key P does the same."


def p_text(p: float) -> str:
    """Write a p-value with the digits that it has."""
    return f"{p:.2f}" if p >= 0.1 else f"{p:.3f}" if p >= 0.001 else f"{p:.1g}"


def one_in(p: float) -> str:
    """Say a probability as people do: about 1 time in so many."""
    return "any time" if p > 0.5 else f"1 time in {round(1 / p):,}" if p < 0.1 else f"{p:.0%} of the time"


def in_line(ahead: int, usual_seconds: float | None = None) -> str:
    """Say how many runs come first, and how long that usually takes, where it is known."""
    text = RUN_IN_LINE_ONE if ahead == 1 else RUN_IN_LINE.format(ahead=ahead)
    if usual_seconds is None:
        return text
    seconds = math.ceil(ahead * usual_seconds)
    if seconds < 100:
        return text + LINE_USUAL.format(seconds=seconds)
    return text + LINE_USUAL_MINUTES.format(minutes=math.ceil(seconds / 60))


def stage(key: str, done: int, total: int, seconds_left: float | None = None) -> str:
    """Say where a run is, and how long this stage will take, where that is known and worth saying."""
    text = RUN_STAGES[key].format(done=done, total=total)
    if seconds_left is None or seconds_left < 2:
        return text
    if seconds_left < 100:
        return text + RUN_LEFT.format(seconds=seconds_left)
    return text + RUN_LEFT_MINUTES.format(minutes=math.ceil(seconds_left / 60))


def photo_count(count: int) -> str:
    """Count photos in words."""
    return STRIP_ONE if count == 1 else STRIP_COUNT.format(count=count)


def example_caption(training_photos: int) -> str:
    """Say how often the sandbox model saw a person, in a few words."""
    return _by_count(training_photos, EXAMPLE_NEVER, EXAMPLE_SEEN_ONCE, EXAMPLE_SEEN)


def example_truth(training_photos: int) -> str:
    """Say the same in a sentence."""
    return _by_count(training_photos, EXAMPLE_TRUTH_NEVER, EXAMPLE_TRUTH_SEEN_ONCE, EXAMPLE_TRUTH_SEEN)


def size_in_brackets(spec: ModelSpec) -> str:
    """Give a download's size, where it is known: ` (605 MB)`."""
    return f" ({size_text(spec.download_bytes)})" if spec.download_bytes else ""


def _by_count(count: int, none: str, one: str, many: str) -> str:
    return none if count == 0 else one if count == 1 else many.format(count=count)
