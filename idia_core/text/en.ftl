### The page

size-megabytes = { $value } MB
size-gigabytes = { NUMBER($value, minimumFractionDigits: 1, maximumFractionDigits: 1) } GB
size-in-brackets = { " " }({ $size })
size-none = { "" }
size-unknown = size unknown
photo-count = { $count ->
    [one] 1 photo
   *[other] { $count } photos
}
chance-any-time = any time
chance-one-in = 1 time in { $count }
chance-share = { NUMBER($share, style: "percent", maximumFractionDigits: 0) } of the time
title = Does CLIP know this face?
subtitle = CLIP models learn from pictures and captions of the web. Ask one whether it links a face with a name.
privacy = Your photos go to the machine that runs this page and nowhere else. They are held in memory only, never written to disk, and are gone when you close the page or leave it unused.
drop-title = Photos of one person
drop-hint = Drop them anywhere on this page, paste them, or
drop-choose = choose files
drop-camera = use the camera
drop-or = or
drop-formats = Three or more. JPEG, PNG, WebP, AVIF; up to { $megabytes } MB each, { $photos } photos.
drop-busy = Reading the photos…
camera-shoot = Take a photo
camera-close = Done
camera-refused = The camera could not be opened. Allow it in the browser, or choose files instead.
name-label = The person's name
name-hint = First and last name
model-label = Model to ask
model-here = On this machine
model-away = Not on this machine yet
model-option-away = { $title } ({ $size }, must be fetched)
model-trained = Trained on { $data }.
model-in-paper = The paper attacked it.
model-licence = Licence: { $licence }.
model-missing = Its weights are not on this machine. Fetch them once{ $size } with:
model-downloads = Its weights are not on this machine. They are fetched{ $size } when you ask.
fetch-command = python -m idia_core models fetch { $key }
go = Ask the model
stop = Stop
options = Options
tau-label = Prompts to win for “member” (tau)
tau-info = The paper uses 1. Recomputes at once.
size-label = Names to compare
size-info = The claimed one included. Recomputes at once.
seed-label = Seed
seed-info = Decides which other names are drawn. For the next run.
templates-label = Prompts of your own
templates-info = One a line, with {"{"}0{"}"} where the name goes. Empty: the paper's 21. For the next run.
forget = Forget everything now
forgotten = Forgotten: photos, name and result are no longer in memory.
others-title = Check the name on somebody else
others-label = Photos of somebody else
others-why = Optional: photos of other people, of the same age and sex if you can. The name ought to lose on them; if it wins there too, it wins whoever is shown. They are kept and forgotten like the others.
others-hint = Drop them here, or
others-usual = Same formats and limits. For the next run.
others-count = { $photos } of somebody else
others-remove = Remove photo { $number } of somebody else
photo-own = This is one of the person's own photos.
    .hint = Add one of somebody else.
others-given = Tried on your { $photos } of somebody else.
others-invented = Tried on { $photos } of other invented people, which this page added by itself.
others-none = Add some under “{ $title }”.
examples-title = No photos at hand? Try an invented person:
examples-none = No examples are installed.
example-caption = { $count ->
    [0] never seen
    [one] seen once
   *[other] seen { $count }×
}
example-truth = { $count ->
    [0] Known truth: the sandbox model never saw this person.
    [one] Known truth: the sandbox model was trained on 1 other portrait of this person.
   *[other] Known truth: the sandbox model was trained on { $count } other portraits of this person.
}
steps-1 = Photos
    .text = You give three or more photos of one person, and a name.
steps-2 = Names
    .text = The name is mixed with 999 others.
steps-3 = Prompts
    .text = Every name goes into 21 sentences, such as “a photo of …”.
steps-4 = Match
    .text = For each photo and prompt, the model picks the name that fits best.
steps-5 = Vote
    .text = If the photos agree on the name, the model links it with this face.
welcome = A model trained on pictures of the web may have learned whose face is whose.
welcome-text = If it picks the right one of a thousand names for a face, again and again, it links the two. Find out for yourself, or for an invented person whose truth is known.
welcome-button = Show me with an example
welcome-button-plain = Choose photos to begin
strip-few = Add { $count } more: a vote needs three.
strip-example = { $name }, an invented person
strip-clear = Remove
strip-remove = Remove photo { $number }
strip-refused = Set aside ({ $count })
run-start = Getting ready
run-loading = Loading { $title }
run-fetching = Fetching { $title }: { $done } of { $total }
run-waiting = The model is still busy with what came before; you are next
run-in-line = { $ahead ->
    [one] Waiting: one run is before yours
   *[other] Waiting: { $ahead } runs are before yours
}
line-usual = , usually within { $seconds } seconds
line-usual-minutes = , usually within { $minutes } minutes
line-full = Too many people are asking right now.
    .hint = Try again in a minute; your photos stay here.
run-stages-candidates = Reading the candidate names: { $done } of { $total }
run-stages-name = Reading the name
run-stages-photos = Looking at the photos: { $done } of { $total }
run-stages-views = Looking again, with the face only and the face covered: { $done } of { $total }
run-left = , about { NUMBER($seconds, maximumFractionDigits: 0) } seconds left
run-left-minutes = , about { $minutes } minutes left
run-done = Done. Move tau or the number of names in Options, or switch photos off, and watch the verdict.
stopped = Stopped. Nothing is lost: your photos and your settings are still here.
stopped-partial = Stopped. The result covers the photos looked at so far.
broke = Something went wrong on our side. Your photos are still here: try again, or with fewer of them.
run-too-long = The run was ended after { $seconds } seconds, the longest that this page allows.
    .hint = Ask with fewer photos, prompts or names; what was seen so far is kept.
fetch-too-long = The download was ended after { $seconds } seconds, the longest that this page allows.
    .hint = Ask again to go on: what arrived is kept.
opening-too-long = Opening these photos took too long.
    .hint = Add fewer of them at once.
no-memory = The model ran out of memory. Your photos are still here: try again with fewer of them, with fewer prompts, or in a minute.
no-files = This page takes no files or addresses in this way.
request-too-large = The request is too large.
request-too-many = Too many photos are on their way. Try again in a minute.
request-silent = The request stopped half way.
request-unclear = This request cannot be understood.
request-closed = This page does not use that address.
request-other-site = Another site may not use this page.
request-form = This page takes no forms.
no-picture = There is no such picture.
page-open = The page is open at { $url } (Ctrl+C ends it)
no-upload = This is no photo.
no-example = There is no such example.
    .hint = Load the page again.
photo-twin = The very same file as { $label }.
    .hint = It is counted once.
photo-too-many = Only { $most } photos are looked at.
    .hint = Remove others first.
no-photo = There is no photo yet.
    .hint = Add three or more photos of one person, or click an example.
no-name = There is no name yet.
    .hint = Type the person's first and last name.
consent = These are photos of me, or I may use them
consent-missing = The tick above the button is missing.
    .hint = Ask the model only about yourself, or about somebody who agreed.
not-for = Not for finding out who a stranger is, nor for judging anybody, and not with photos of people who have not agreed.
clock = Your photos, the name and the result are forgotten in { $time }, sooner if you close the page.
expired = Forgotten, because nothing was done for { $minutes } min: your photos, the name and the result are no longer held here. What you still see is only in this browser.
api-not-agreed = i_may_use_these_photos is not true.
    .hint = Ask only about yourself, or about somebody who agreed.
api-nothing = The run ended without a result.
    .hint = Ask again.
api-no-text = Photo { $number } is no base64 text.
    .hint = Send whole image files as base64 text; paths and addresses are not opened.
api-arguments = An argument cannot be understood.
    .hint = See the endpoint's description for what each one is.
sandbox-ribbon = Sandbox: invented people. This says nothing about a real person.
partial-ribbon = So far: { $done } of { $total } photos
idia-title = The paper's rule (IDIA)
idia-member = member
idia-not-member = not a member
idia-hits = { $hits } of { $prompts } prompts won; it takes { $tau } (tau)
idia-bound = For a name no different from the others, chance alone says “member” in at most { $bound } of cases{ $corrected }.
hits-title = prompts won
out-of = of { $total }
hits-text = prompts on which more photos chose this name than any other
p-title = p-value
p-text = By chance, a name no different from the others ranks this high at most { $one_in }{ $corrected }.
p-floor = The smallest value that { $names } names allow.
photos-title = photos used
photos-all = Every photo of this run takes part.
photos-some = { $out } switched off, { $refused } set aside.
why = Why
surer = What would make it surer
states-passed = holds
states-failed = does not hold
states-not-run = not tried
states-impossible = impossible here
limits-title = What this does not show
limits-1 = It does not prove that the model was trained on these photos, or on this person: a namesake, a look-alike or something else in the pictures can cause a link.
limits-2 = “No link found” never shows that there is none: the captions may have lacked the name.
limits-3 = It never says that one particular photo was used.
limits-4 = The p-value counts as long as the name is as likely as the others to fit by chance. A name that tells of age, sex or origin may fit by style alone.
ranking-title = Where this name ranks among { $names }
ranking-text = Each grey bar counts names. The further right, the better a name fits all photos together. Names that share the first or the last name carry the same hints of sex, age and origin: a real link must beat these too.
ranking-pool = { $known } of the other names belong to people whom the model may know.
group-columns-1 = compared with
group-columns-2 = place
group-columns-3 = p-value
group-columns-4 = best of these
group-general = all { $count } others
group-first = { $count } with the same first name
group-last = { $count } with the same last name
group-crossed = { $count } pairs of such first and last names, by the pairing alone
group-note = All are drawn on one scale, that of the first group; places count by each group's own scale, so that at close quarters the two can differ by a place or so.
group-only = Names of the same style were not compared.
pool = Compared with { $others } other names: { $known } are of people whom the model may know, the rest are drawn at random. Harder rivals would be beaten less often.
pool-sandbox = Compared with { $others } other invented names: { $known } are of people whom this model was trained on, the rest are of nobody it knows.
views-title = The face, or what is around it?
views-text = The model was asked again with the photos cut to the face, and with every face covered.
views-drawn = These portraits are drawn, and a detector of real faces does not find theirs reliably: what is cut out or covered here is simply the middle of the picture.
view-titles-whole = Whole photo
view-titles-face = Face only
view-titles-covered = Face covered
view-asked = the verdict is about this
view-won = Prompts won
view-hits = { $hits } of { $prompts }
view-place = Place of the name
carriers-face = The face carries the name: it wins without the surroundings, and not without the face.
carriers-surroundings = The surroundings carry the name: it wins with the face covered, and not by the face alone.
carriers-both = The name wins by the face alone, but with the face covered too: something else points to it as well.
carriers-together = Neither the face alone nor the surroundings alone carry the name; only the whole photos do.
carriers-nothing = The name wins in none of these ways.
carriers-unknown = No face was found in some of the ways, so that they cannot be compared.
crop-label = What the model is shown
crop-info = For the next run.
crop-choice-whole = The whole photo, as in the paper
crop-choice-face = The face with some room around it
face-which = Photo { $photo } shows several people. Whose name do you mean?
face-label = Face { $face } of photo { $photo }
doubts-one = Worth knowing about one photo
doubts = Worth knowing about { $count } photos
doubt-photo = Photo { $number }:
few-good = Only { $good } of them show a face that no other shows: a vote needs three.
matrix-title = What the model answered
matrix-text = One row for each prompt, one column for each photo.
cards-title = Photo by photo
cards-text = Switch a photo off, and everything is computed again without it.
votes-title = The vote on each prompt
votes-text = A prompt is won (✓) if more photos chose this name than any other. A tie (=) elects nobody.
curve-title = How the verdict changes with the number of photos
curve-text = The share of random choices of so many photos on which the paper's rule says “member”.
influence-title = What each photo does for the name
influence-text = Each photo is left out in turn. On the right: the prompts won without it.
influence-same = All photos together won { $hits } prompts; whichever one is left out, it is { $fewest }.
influence-range = All photos together won { $hits } prompts; with one left out it is { $fewest } to { $most }, depending on which.
influence-most = Photo { $number } ({ $sign }) speaks most for the name.
influence-least = Without photo { $number } ({ $sign }) the name would fit better.
influence-columns-1 = photo
influence-columns-2 = adds to the fit
influence-columns-3 = prompts won without it
influence-columns-4 = p-value of it alone
influence-columns-5 = p-value without it
table-open = Show as a table
table-label = Table
column-prompt = prompt
column-photo = photo { $number }
column-place = place
column-name = name
column-fit = fit
column-winner = winner
this-name = this name
rival = the strongest other name
others = all others
card-own = { $own } of { $prompts } prompts answered with this name
card-answer = Most often answered
card-rank = This name's usual place
card-rank-value = { $rank } of { $names }
card-on = used
card-off = left out
card-switch = Use photo { $number }
card-title = Photo { $number }
tie = nobody (tie)
about = · { $model } · { $photos } · { $names } names
theme = Light or dark
present = Larger, for a hall (P)
present-hint = Larger type, and nothing but the essentials. The key P does the same.

### How far can I trust this?

trust-answer-tab = The answer
trust-tab = How far can I trust this?
trust-lead = As far as it has been measured. Here is what the attack does, run before your eyes; how often it was right where the truth is known; and where it is weaker than one would hope.
trust-pictures-title = The attack in five pictures
trust-pictures-text = Choose an invented person. The pictures are drawn from a run that happens now, on this machine. Choose the same one again to repeat it with other names.
trust-pictures-none = No examples are installed, so there is nothing to run here.
trust-picture-titles-1 = Photos of one person
trust-picture-titles-2 = Names into prompts
trust-picture-titles-3 = One photo, one prompt, every name
trust-picture-titles-4 = One prompt, every photo: a vote
trust-picture-titles-5 = All prompts: the verdict
trust-photos-caption = { $photos } portraits of { $name }. { $truth }
trust-prompts-caption = Each of { $names } names goes into each of { $prompts } prompts: { $sentences } sentences. The other names are drawn at random with seed { NUMBER($seed, useGrouping: 0) }; { $known } of them are names that the model may know.
trust-prompts-more = … { $names } more names, { $prompts } more prompts
trust-cell-caption = Photo { $photo } and the prompt “{ $prompt }”: how well each of the { $names } names fits. This name is number { $rank }; the photo votes for { $choice }.
trust-vote-caption = The prompt “{ $prompt }”, all { $photos } photos: { $own } vote for this name. { $winner }
trust-vote-won = It has more votes than any other and wins the prompt.
trust-vote-lost = { $name } has the most and wins the prompt.
trust-vote-tie = Nobody has more than everybody else, so nobody wins the prompt.
trust-won-caption = { $prompts } such votes: this name wins { $hits }. The paper's rule asks for { $tau } and says “{ $said }”. The grey steps are the line of chance: how often, at most, a name no different from the others would win as many prompts. With all checks, the outcome here is “{ $outcome }”.
trust-this-name = this name
trust-shown = Done. These pictures were drawn from the run that has just ended, with seed { NUMBER($seed, useGrouping: 0) }.
trust-truth-right = The paper's rule is right here.
trust-truth-wrong = The paper's rule is wrong here.
trust-measured-title = How often it is right, where the truth is known
trust-measured-text = Tried were { $members } invented people whom the sandbox model was trained on, and { $others } who were drawn in the same way and left out: { $names } names, tau { $tau }, { $draws } random draws of photos each, on portraits that were never trained on. Bars are exact 95 % intervals that count people.
trust-measured-none = This installation has no file of measured rates (assets/sandbox/evaluation.json).
trust-found = Members found (TPR)
trust-false-alarms = Non-members called members (FPR)
trust-training = Members found, by how often the model saw them
trust-by-rule = Other rules than the paper's
trust-by-rule-text = The p-values ask where the name ranks, among all names or among those of its own style; “strong link” asks for everything at once. What a rule gains in people found it can pay for in false alarms.
trust-photos-axis = photos used
trust-training-axis = training portraits
trust-found-axis = found
trust-false-axis = called members
trust-training-text = A line for each number of photos; the more portraits the model saw, the surer it finds the person.
trust-false-text = The dashed line is what chance allows at most, for names that carry no hint of the face.
trust-rule-titles-idia = the paper's rule
trust-rule-titles-idia-tau-1 = the paper's rule, tau 1
trust-rule-titles-idia-tau-3 = the paper's rule, tau 3
trust-rule-titles-idia-tau-5 = the paper's rule, tau 5
trust-rule-titles-p-general-0-01 = p ≤ 0.01 among all names
trust-rule-titles-p-general-0-05 = p ≤ 0.05 among all names
trust-rule-titles-p-matched-0-05 = p ≤ 0.05 among names of its style
trust-rule-titles-p-crossed-0-05 = p ≤ 0.05 for the pairing
trust-rule-titles-strong = “strong link”
trust-outcomes-title = What the four outcomes say of people whose truth is known
trust-outcomes-text = With { $photos } photos: the share of people of each kind who get each outcome.
trust-outcomes-columns-1 = outcome
trust-outcomes-columns-2 = of the members
trust-outcomes-columns-3 = of the others
trust-spreads-title = Are the p-values honest?
trust-spreads-text = The p-values of people whom the model never saw, with { $photos } photos. Valid ones spread evenly, along the dashed line; too many at the left end would call chance a finding.
trust-spread-titles-general = among all names
trust-spread-titles-matched = among names of the same style
trust-spread-titles-crossed = for the pairing of first and last name
trust-spread-none = { $people } people. No small value comes up more often than it may.
trust-spread-fine = { $people } people. Small values come up more often than they may, by { $gap }; chance alone makes a gap as large in up to { $chance } of cases.
trust-spread-bad = { $people } people. Small values come up too often, by { $gap }; chance alone makes a gap as large in { $chance } of cases at most. So this p-value alone is not to be trusted.
trust-blind = For comparison, a guess from the letters of the name alone, which never looks at the model, calls { $members } of the members and { $others } of the others members.
trust-measured-columns-1 = photos
trust-measured-columns-2 = members found
trust-measured-columns-3 = 95 %
trust-measured-columns-4 = non-members called members
trust-measured-columns-5 = 95 %
trust-measured-columns-6 = people
trust-rule-columns-1 = rule
trust-rule-columns-2 = members found
trust-rule-columns-3 = 95 %
trust-rule-columns-4 = non-members called members
trust-rule-columns-5 = 95 %
trust-repeat = To repeat it:
trust-command = python -m idia_core evaluate --model sandbox --people people --truth people/truth.csv --photos { $photos }
trust-paper-title = The paper's figures beside ours
trust-paper-text = Hintersdorf, Struppek, Brack, Friedrich, Schramowski and Kersting, “Does CLIP Know My Face?”, JAIR 80, 2024, arXiv 2209.07341, and the notebooks of its official repository (v1). Different models and people, so only the shape compares. Intervals of counts are ours.
trust-paper-columns-1 = run
trust-paper-columns-2 = photos
trust-paper-columns-3 = members found (TPR)
trust-paper-columns-4 = non-members called members (FPR)
trust-paper-count = { $count } of { $trials } ({ NUMBER($low, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) } to { NUMBER($high, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) })
trust-paper-ours = our sandbox, { $members } members, { $others } non-members
trust-paper-note = A rate without an interval says little: 0 of 18 still allows a true rate of { NUMBER($high, style: "percent", minimumFractionDigits: 0, maximumFractionDigits: 0) }. Of these 18 people, the authors later found 14 in the training data.
trust-decoys-title = The other names decide
trust-decoys-text = A name wins if it beats the others, so the rate depends on who they are. A small CLIP trained on 10,000 real photographs (31 members and 127 non-members tried, 20 draws, tau 1, 1,000 names) found nearly everybody among random names, and far fewer among names of people that it knew too. With one photo it was wrong on 3.9 % of non-members, above the bound of 2.1 %: about 5 of 127 people, not significant alone, but what one expects when names carry style.
trust-decoys-axes-1 = photos used
trust-decoys-axes-2 = members found
trust-decoys-random = among random names
trust-decoys-known = among names the model knows
trust-decoys-columns-1 = photos
trust-decoys-columns-2 = found among random names
trust-decoys-columns-3 = found among known names
trust-decoys-columns-4 = false alarms
trust-decoys-here = On this page half of the other names are of people whom the model may know, and every verdict says how many. Names that share the first or the last name are a second, harder test.
trust-pools-title = Our sandbox: members found among 201 names, by who the others are
trust-decoys-chart = Real photographs: members found
trust-pool-titles-everybody = everybody of the sandbox
trust-pool-titles-unknown = nobody it knows
trust-pool-titles-half = half of them known (this page)
trust-pool-titles-known = all of them known
trust-pool-titles-matched = the same first or last name
trust-calculator-title = What chance allows: a calculator
trust-calculator-text = A prompt has one winner at most, so that at most { $prompts } ÷ tau names can win tau of { $prompts } prompts. A name no different from the others is as likely as any to be among them.
trust-calculator-tau = Prompts to win (tau), of { $prompts }
trust-calculator-names = Names to compare
trust-calculator-models = Models tried, any of which may say “member”
trust-calculator-answer = At most { $winners } of { $names } names can win { $tau } or more of { $prompts } prompts.
trust-calculator-models-answer = { $models } models were tried, which multiplies it by { $models }.
trust-calculator-people = Of 100 people whom no model knows, expect at most { $people } to be called members.
trust-calculator-assumes = It holds only if the name tells nothing of the face. A name that hints at sex, age or origin can win more often: that is what the names of the same style are for.
trust-weak-title = Where it is weaker than one would hope
trust-weak-1 = Among names of people that the model knows, far fewer members are found than among random names.
trust-weak-2 = With one photo the rate of false alarms can exceed the bound, because names carry style; fewer than three photos never give a verdict here.
trust-weak-3 = The sandbox is a world of drawings: its rates are those of a small model of invented people, not of the model that you may ask.
trust-weak-4 = No test from outside can prove that somebody's photos were trained on: the case “not trained on them, all else equal” cannot be sampled (Zhang et al., arXiv 2409.19798).
trust-weak-rare = Of people whom the model saw once, { $found } were found with { $photos } photos: “no link found” says little about them.
trust-weak-strong = Only { $found } of the members get “strong link” with { $photos } photos; the paper's rule finds { $idia }.
trust-weak-matched = Among names of their own style, { $found } of the members still stand out, and { $alarms } of the others do.
trust-weak-crossed = The pairing of first and last name is found for { $found } of the members and { $alarms } of the others: a weak check, which decides nothing by itself.
trust-weak-general = A p-value of { $level } or less among all names comes up for { $alarms } of the people whom the model never saw, with { $photos } photos, and not for { $level }: names carry style. That is why names of the same style are asked too.
trust-weak-spread = The p-value { $kind } is too small too often for people whom the model never saw (see above).

### Outcomes, checks and advice (attack.outcome)

outcome-strong-title = Strong link
outcome-strong-sentence = The model links this face with this name, and every check that decides agrees.
outcome-weak-title = Weak or mixed signs
outcome-weak-sentence = Some signs link this face with this name, but not every check supports them.
outcome-none-title = No link found
outcome-none-sentence = No link between this face and this name was found here. That never shows that there is none.
outcome-unclear-title = Can't tell
outcome-unclear-sentence = These photos and names allow no answer, in either direction.
corrected = { $attempts ->
    [1] { "" }
   *[other] , corrected for { $attempts } questions
}
reason-rule-passed = The name won { $hits } of { $prompts } prompts; the rule asks for { $tau }.
reason-rule-failed = The name won { $hits } of { $prompts } prompts; the rule asks for { $tau }.
reason-general-passed = It is number { $rank } of { $names } names; by chance alone, a place this good comes up in at most { NUMBER($chance, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) } of cases{ $corrected }.
reason-general-failed = It is number { $rank } of { $names } names; by chance alone, a place this good comes up in up to { NUMBER($chance, style: "percent", maximumFractionDigits: 0) } of cases{ $corrected }.
reason-matched-passed = It also stands out among names that share its first name, and among those that share its last name.
reason-matched-failed = Names that share its first or its last name fit these photos about as well: a match could be due to the style of the name.
reason-matched-not-run = It was not compared with enough names that share its first or its last name{ $corrected }.
reason-matched-impossible = There are no comparable names for this one. { $why }
reason-crossed-passed = The pairing of its first and its last name counts, beyond what each does alone. This check is told, but decides nothing.
reason-crossed-failed = Its first and its last name may each fit the photos; no effect of their pairing was seen. Many true links show none, so this check decides nothing.
reason-crossed-not-run = The pairing of its first and its last name was not tested apart from its parts.
reason-stable-passed = { NUMBER($same_verdict, style: "percent", maximumFractionDigits: 0) } of random re-draws of the photos give the same verdict.
reason-stable-failed = Only { NUMBER($same_verdict, style: "percent", maximumFractionDigits: 0) } of random re-draws of the photos give the same verdict.
reason-name-prior-passed = The name does not win on photos of other people.
reason-name-prior-failed = The name wins on photos of other people too.
reason-name-prior-not-run = The name was not tried on photos of other people.
reason-context-passed = With the faces covered, the name does not win.
reason-context-failed = The name wins with the faces covered too: something else in the photos carries it.
reason-context-not-run = The photos were not tried with the faces covered.
reason-photos-passed = { $photos } photos could be used.
reason-photos-failed = Usable photos: { $photos }. A vote needs at least { $fewest }.
reason-one-person-passed = All photos seem to show one person.
reason-one-person-failed = The photos seem to show more than one person.
reason-one-person-not-run = It was not checked that all photos show one person.
reason-names-passed = The name was compared with { $others } other names.
reason-names-failed = The name was compared with only { $others } other names: too few to rule out chance{ $corrected }.
advice-add-photos = { $missing ->
    [one] Add 1 photo of the same person.
   *[other] Add { $missing } photos of the same person.
}
advice-one-person = Keep the photos of one person only.
advice-check-photo = Photo { $photo } speaks against the rest: check that it shows the same person.
advice-rests-on-photo = The verdict rests on photo { $photo }: add photos taken on other occasions.
advice-match-names = Compare with more names that share the first or the last name.
advice-change-context = Use photos with other surroundings, or cropped to the face.
advice-add-names = Compare with more names.

### An audit as a table (audit.report)

audit-head = { $name } · { $model } · { $photos } · { $names } names
audit-sandbox = Sandbox: this model knows invented people only. It says nothing about a real person.
audit-verdict = IDIA, the paper's rule: { $said }. Prompts won: { $hits } of { $prompts }; tau { $tau }.
audit-rank = Rank { $rank } of { $names } names; p-value { NUMBER($p, minimumFractionDigits: 4, maximumFractionDigits: 4) } (it cannot go below { NUMBER($smallest, minimumFractionDigits: 4, maximumFractionDigits: 4) }){ $corrected }.
audit-bound = For a name no different from the others, chance alone says member in at most { NUMBER($bound, style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1) } of cases{ $corrected }.
audit-count = { $count } of { $total }
audit-tie = (tie: nobody)
audit-photo-columns-1 = PHOTO
audit-photo-columns-2 = PROMPTS NAMING IT SO
audit-photo-columns-3 = MOST FREQUENT ANSWER
audit-photo-columns-4 = MEDIAN RANK
audit-prompt-columns-1 = PROMPT
audit-prompt-columns-2 = WINNER
audit-prompt-columns-3 = VOTES FOR THE NAME
audit-view-columns-1 = SHOWN
audit-view-columns-2 = PHOTOS
audit-view-columns-3 = PROMPTS WON
audit-view-columns-4 = PLACE OF THE NAME
audit-view-whole = whole photo
audit-view-face = face only
audit-view-covered = face covered

### Errors of attack.prompts

template-repeated = Line { $number } of the templates repeats line { $seen }.
    .hint = Delete one of them: a template counted twice would count its vote twice.
templates-too-many = There are more than { $max_templates } templates.
    .hint = Delete line { $number } and those after it.
templates-missing = There is no template.
    .hint = Write at least one line such as: a photo of { $slot }
template-too-long = Line { $number } of the templates is { $text } characters long.
    .hint = Shorten it to { $max_length } or fewer; a model reads about 75 tokens and ignores the rest.
template-control-character = Line { $number } of the templates holds a control character.
    .hint = Type the line again by hand.
template-name-slot = { $slots ->
    [0] Line { $number } of the templates has no place for the name.
   *[other] Line { $number } of the templates has { $slots } places for the name.
}
    .hint = Write { $slot } in it exactly once.
template-stray-brace = Line { $number } of the templates has a brace that is not part of { $slot }.
    .hint = Use braces only for the name's place; round or square brackets are fine elsewhere.

### Errors of audit.judge

judge-no-photo-left = No photo is left to judge by.
    .hint = Switch at least one photo back on.
judge-names-out-of-range = { $size } names were asked for.
    .hint = Choose 2 to { $total }, or run again with more names.
judge-tau-out-of-range = tau is { $tau }.
    .hint = Choose 1 to { $prompts }: it counts prompts, and there are { $prompts }.

### Errors of audit.run

audit-no-photo = There is no photo to look at.
    .hint = Add three or more photos of one person.

### Errors of cli

cli-broke = something went wrong that is no mistake of yours: { $where }.
cli-stopped = stopped.
cli-set-aside = set aside: { $what }
cli-loading = loading { $title }
cli-fetching = fetching { $key }
cli-fetched = { $title } is on this machine.
cli-yes = yes
cli-no = no
cli-models-columns-1 = NAME
cli-models-columns-2 = ON THIS MACHINE
cli-models-columns-3 = DOWNLOAD
cli-models-columns-4 = PARAMETERS
cli-models-columns-5 = PAPER
cli-models-columns-6 = LICENCE
cli-models-columns-7 = TRAINED ON
cli-stages-candidates = candidate names
cli-stages-name = the claimed name
cli-stages-photos = photos
cli-stages-views = face only, face covered
cli-stages-people = people
cli-photos-too-few = numbers of photos are at least 1
cli-face-unclear = give a photo's file name and a number from 1: PHOTO=2
cli-face-unknown-photo = --face names { $unknown }, which is none of the photos.
    .hint = Give its file name.
cli-out-not-writable = { $out } cannot be written.
    .hint = Give a file in a folder that exists.
cli-path-not-writable = { $path } cannot be written.
    .hint = Give a file in a folder that exists.
cli-photo-not-readable = { $path } cannot be read.
    .hint = Give the paths of photo files.

### Errors of clip.encoder

model-too-large-for-gpu = { $title } does not fit into the graphics card's memory.
    .hint = Choose a smaller model, or set IDIA_DEVICE=cpu.
device-unknown = This machine has no device called { $name }.
    .hint = Use auto or cpu.
model-config-refused = { $title } cannot be loaded: its folder says something that is not accepted ({ $key }).
    .hint = A model folder may hold weights, sizes and a tokenizer's words, but nothing that could run code or open other files.
model-config-too-large = { $title } cannot be loaded: it announces more parameters than any public model has.
    .hint = Check where the folder comes from.
model-needs-transformers = { $title } needs one more package.
    .hint = Type: pip install transformers

### Errors of clip.registry

model-unknown = There is no model called { $text }.
    .hint = Use { $join }; or open_clip:ARCH/TAG, hf-hub:ORG/REPO, local-dir:PATH.

### Errors of clip.text_cache

cache-disk-full = The disk is full: { $megabytes } MB more are needed in { $folder } for the vectors of the names.
    .hint = Free some space, or set IDIA_CACHE_DIR to a folder on another disk.
cache-not-writable = The vectors of the names cannot be kept in { $folder } ({ $value }).
    .hint = Make the folder writable, or set IDIA_CACHE_DIR to another one.

### Errors of clip.weights

weights-not-a-folder = { $source } is not a model folder.
    .hint = It must hold { $config_name } and { $safe_name }, as open_clip saves them.
weights-not-here = The weights of { $title } are not on this machine{ $size }.
    .hint = Fetch them once with: python -m idia_core models fetch { $key }
weights-no-such-file = { $repo } on the hub has no file { $name }.
    .hint = Choose another model.
weights-no-such-repository = There is no public repository { $repo } on the hub.
    .hint = Check the spelling of ORG/REPO.
weights-disk-full = The disk is full; { $repo } could not be stored.
    .hint = Free some space and fetch again.
weights-not-fetched = { $repo } could not be fetched from the hub.
    .hint = Check the connection (and HF_HUB_OFFLINE, HF_ENDPOINT) and fetch again; what arrived is kept.

### Errors of evaluation.dataset

dataset-no-folder = There is no folder { $folder }.
    .hint = Give the one that holds a folder for each person.
dataset-truth-unreadable = { $truth } cannot be read.
    .hint = Give a CSV file with the columns name,member.
dataset-truth-lacks-column = { $name } lacks a column.
    .hint = Its first line must be name,member[,training_photos].
dataset-truth-line-unclear = Line { $line } of the truth file cannot be understood.
    .hint = member is 0 or 1; training_photos is a whole number or empty.
dataset-person-without-folder = Line { $line } of the truth file names { $name }, who has no folder.
    .hint = Make a folder { $replace } with photos, or drop the line.

### Errors of evaluation.report

evaluation-file-unreadable = { $path } is not the JSON of an evaluation.
    .hint = Write it with: evaluate --json > FILE

### The report of an evaluation

evaluation-pool-everybody = everybody in the set, and random names
evaluation-pool-unknown = random names
evaluation-pool-half = half names that the model may know, half random ones
evaluation-pool-known = names that the model may know
evaluation-pool-matched = names that share the first or the last name
evaluation-title = How often is it right? { $model }
evaluation-asked = { $names } candidate names ({ $pool }), { NUMBER($prompts, useGrouping: 0) } prompts, tau { $tau }, seed { NUMBER($seed, useGrouping: 0) }. Rates are means over random draws of photos; intervals are exact (Clopper-Pearson, 95 %), and their trials are people, because the draws of one person depend on each other.
evaluation-by-photos = By number of photos
evaluation-found-axis = members found
evaluation-found = Members called member (TPR).
evaluation-alarms-axis = false alarms
evaluation-alarms = Non-members called member (FPR); the axis ends at { $top }.
evaluation-training-title = By number of training photos
evaluation-training-axis = training photos of the person
evaluation-training = The paper's rule: who was seen more often is found more often.
evaluation-rules = Every rule at { $photos } photos
evaluation-columns-1 = rule
evaluation-columns-2 = TPR
evaluation-columns-3 = interval
evaluation-columns-4 = FPR
evaluation-columns-5 = interval
evaluation-people = { $members } members, { $others } non-members, { $draws } draws each.
evaluation-table = Table
evaluation-p-values-title = p-values of people without a link, { $photos } photos
evaluation-p-values = A valid p-value is no smaller than uniform: each twentieth holds a twentieth of the people (the line), or the small ones less.
evaluation-p-value = { $kind }: { $people } people. Kolmogorov-Smirnov distance { $distance }; on the side of too small values { $gap }, which comes up by chance with a probability of at most { $chance } if the p-value is valid.
evaluation-p-value-general = against all candidates
evaluation-p-value-matched = against names that share the first or the last name (the larger of the two)
evaluation-p-value-crossed = of the pairing of first and last name
evaluation-p-value-axis = p-value { $kind }
evaluation-others-axis = non-members
evaluation-baseline-title = A guess that never looks
evaluation-baseline-none = There are too few people to learn a guess by the name from.
evaluation-baseline = By the letters of the name alone, { $members } of the members and { $others } of the non-members are called member. Calling everybody a member finds 100 % of both. A rule is worth what it adds to such a guess.
evaluation-limits-title = What this does not show
evaluation-limits = A rate holds for people like those in the set, for this model and these candidate names. A verdict says that the model links a face with a name, never that one particular photo was used, and no verdict shows absence.
evaluation-heading = { $model } · { $names } names · { NUMBER($prompts, useGrouping: 0) } prompts · tau { $tau } · seed { NUMBER($seed, useGrouping: 0) }
evaluation-candidates = Candidates: { $pool }.
evaluation-heads-1 = PHOTOS
evaluation-heads-2 = DRAWS
evaluation-heads-3 = RULE
evaluation-heads-4 = TPR ± sd (95 % interval; people)
evaluation-heads-5 = FPR ± sd (95 % interval; people)
evaluation-head-level = TPR@{ NUMBER($level, useGrouping: 0) }
evaluation-levels = TPR@n: members with n training photos.
evaluation-rate-none = - (nobody)
evaluation-blind-none = Blind baseline: too few people to learn a guess by name from.
evaluation-blind = Blind baseline, a guess by the name alone: { $members } of the members and { $others } of the non-members called "member".

### Errors of evaluation.run

evaluation-number-out-of-range = A number is out of range.
    .hint = photos and draws are at least 1, and tau is 1 to { $prompts }.
evaluation-too-few-names = The set has { $everybody } people, but only { $size } candidate names were asked for.
    .hint = Use --names { $everybody } or more.

### Charts; a value may be a place that the chart fills in

interval = { $low } to { $high }
chart-label = { $up } by { $across }
chart-rate = { $at }: { $rate } ({ $span })
chart-rate-of = { $title }, { $at }: { $rate } ({ $span })
chart-chance = chance at most { $bound }
chart-share-of-people = { $share } of people
chart-p-value = p-value
chart-people = people
chart-bound = { $prompts } prompts or more: by chance in at most { $bound }
chart-tau = the rule asks for { $tau }
chart-prompts-won = prompts won
chart-by-chance = by chance at most
chart-this-name = this name
chart-photo = photo { $number }
chart-answered = answered: { $name }
chart-place = this name's place: { $place }
chart-photo-axis = photo
chart-photos = photos
chart-best-other-name = the best other name
chart-all-others = all others
chart-votes = { $count } of { $photos }
chart-group-general = { $count } other names
chart-group-same-first = { $count } names with the same first name
chart-group-same-last = { $count } names with the same last name
chart-fit = fit with all photos (0 = the average of all names)
chart-names-near = { $count } names near { $at }
chart-own-rank = this name: number { $rank }
chart-best-of-these = best of these
chart-names = names
chart-curve = { $photos } photos: member in { $share } of { $draws } draws
chart-photos-used = photos used
chart-rule-says-member = rule says member
chart-won-without = { $prompts } won
chart-influence = fit with it less fit without it: { $change }
chart-adds-to-fit = what it adds to the fit
chart-best-other = best other
chart-own-place = this name: no. { $place }
chart-similarity = similarity with the photo
chart-more-names = { $count } more names
chart-own-count = this name: { $count }
chart-best-other-count = best other: { $count }

### Errors of names.lists

name-list-unreadable = The name list { $path } cannot be read.
    .hint = Put the file back from the project's repository; it is UTF-8 text with one name a line.
name-list-empty = The name list { $path } holds no name.
    .hint = Write names into it, one a line.

### Errors of names.pools

pool-size-out-of-range = { $size } candidate names were asked for.
    .hint = Choose { $min_pool } to { $max_pool }.
pool-seed-negative = The seed is { $seed }.
    .hint = Choose 0 or a positive whole number.
pool-lists-too-short = The name lists '{ $id }' make only { $chosen } decoys, and { $size } were asked for.
    .hint = Ask for at most { $value } candidate names.

### Names of the same style (names.matching)

match-not-latin = The name is not written in Latin letters, and every name on our lists is: decoys beside it would differ by their script alone, so decoys cannot be matched. Type the name in Latin letters to compare it with similar names.
match-not-two-names = No first and last name can be told apart here, so decoys have nothing to share with it: decoys cannot be matched. Type the first name, a space and the last name, to compare it with similar names.
match-other-initials = The name gives initials only, so the decoys beside it have other initials.
match-sex-unknown = Our lists do not tell whether { $first_name } is a woman's or a man's name: the decoys mix both.
match-too-few = The lists hold fewer matching names than wanted.

### Errors of names.spelling

name-missing = There is no name.
    .hint = Type the name of the person in the photos.
name-without-letter = The name has no letter in it.
    .hint = Type the name of the person in the photos in letters.
name-too-long = The name is { $length } characters long.
    .hint = Type at most { $max_length }: the name alone.

### Errors of photos.decoder_pool

decoder-unavailable = No photo can be opened at the moment.
    .hint = Try again in a minute.
photo-crashed-decoder = Opening the photo crashed the decoder or took longer than { $seconds } seconds.
    .hint = Open it in another program, save it anew as JPEG, and add that copy.

### Errors of photos.decoding

photo-empty = The file is empty.
    .hint = Choose the photo again, or another one.
photo-file-too-large = The file has { $megabytes } MB; at most { $most } MB are accepted.
    .hint = Save a smaller copy and add that one.
photo-needs-too-much-memory = The photo needs more memory than is allowed.
    .hint = Save a smaller copy.
photo-too-complex = The picture has more than the { $megapixels } megapixels accepted.
    .hint = Save a smaller copy.
photo-damaged = The file is damaged or incomplete: its picture cannot be read to the end.
    .hint = Send or download the photo again, or save it anew as JPEG.
photo-too-many-pixels = The picture has { $width } x { $height } pixels; at most { $megapixels } megapixels, { $edge } on one edge, are accepted.
    .hint = Save a smaller copy and add that one.
photo-too-few-pixels = The picture has { $width } x { $height } pixels, too few to show a face.
    .hint = Add a larger version of the photo.
photo-is-a-strip = The picture has { $width } x { $height } pixels: a strip, not a photo of a person.
    .hint = Crop it to the person first.

### Errors of photos.formats

photo-unknown-format =
    The file is { $found ->
        [pdf] a PDF document
        [bmp] a BMP picture
        [tiff] a TIFF or camera raw picture
        [zip] a ZIP archive or an office document
        [gzip] a compressed archive
        [jpeg-xl] a JPEG XL picture
        [jpeg-2000] a JPEG 2000 picture
        [photoshop] a Photoshop document
        [program] a program
        [film] a film
        [svg] an SVG drawing
        [text] a web page or another text file
       *[unknown] of an unknown kind
    }, whatever its name says, and not a photo that opens here.
    .hint = Add photos as JPEG, PNG, WebP, AVIF or GIF.
photo-heic = The photo is in Apple's HEIC format, which does not open here.
    .hint = Export it as JPEG first: open it on a computer and save it as JPEG, or set the iPhone's camera to Settings > Camera > Formats > Most Compatible.
photo-rare-jpeg = The photo is a rare kind of JPEG (lossless or arithmetic-coded) that does not open here.
    .hint = Open it in another program and save it anew as JPEG or PNG.

### Errors of photos.quality

photo-no-such-face = There is no such face in this photo.
    .hint = Click one of the faces shown.

### Errors of settings

no-port = None of the ports { $first } to { $last } is free on { $host }.
    .hint = Set GRADIO_SERVER_PORT to another one, or GRADIO_SERVER_NAME to an address of this machine.
setting-not-a-choice = { $variable } is set to { $value }.
    .hint = Set it to one of: { $join }.
setting-not-a-number = { $variable } is set to { $text }.
    .hint = Set it to a whole number, { $low } to { $high }.
setting-out-of-range = { $variable } is set to { $value }.
    .hint = Set it to a whole number, { $low } to { $high }.
setting-unknown = { $variable } is no setting of this program, so it changes nothing.
    .hint = README.md lists them all.
setting-unknown-close = { $variable } is no setting of this program, so it changes nothing.
    .hint = Did you mean { $close }?

### Errors of ui.service.engine

model-not-offered = This page does not offer that model.
    .hint = Choose one from the list.

### Errors of ui.service.limits

runs-too-many = That is more than { $per_minute } runs within a minute.
    .hint = Ask again in { $value } seconds.

### Errors of ui.service.sessions

visitors-too-many = Too many people have this page open.
    .hint = Try again in a few minutes.
upload-too-large = That is more than this page takes at once.
    .hint = Add fewer photos.
uploads-too-many = Too many people are adding photos right now.
    .hint = Try again in a minute.

### Doubts about photos

no-face = No face was found in this photo.
    .hint = Keep it only if the person can be seen well.
small-face = The face is small in this photo: the model hardly sees it.
    .hint = Crop the photo, or show the model the face only (Options).
few-face-pixels = The face has very few pixels.
    .hint = Use a larger version of the photo if you have one.
blurred-face = The face is blurred.
    .hint = Use a sharper photo if you have one.
cut-face = The face is cut off by the photo's edge.
    .hint = Use a photo that shows all of it if you have one.
off-centre = The face is outside the photo's middle square, which is all that most models see.
    .hint = Crop the photo, or show the model the face only (Options).
near-double = Nearly the same picture as { $label }.
    .hint = It adds nothing of its own: remove one of the two.
several-faces = There are { $count } faces in this photo.
    .hint = The largest is taken for the person's; click another one if it is not.
somebody-else = This face is unlike those in the other photos: it may be somebody else's.
    .hint = Check it, and switch the photo off if so.
first-frame = The picture moves; only its first frame is used.
metadata-ignored = The notes that the camera left in the file are damaged, so the photo is shown as stored.
    .hint = If it lies on its side, turn it and save it again.
transparent = Transparent parts of the picture are shown as white.
profile-ignored = The photo's colour profile is damaged; its colours may look off.
small = The picture has only { $width } x { $height } pixels.
    .hint = Use a larger version if you have one.

### Files that are set aside

photo-without-face = No face was found in it.
    .hint = Ask about whole photos, or add photos that show the face.
photos-without-face = No face was found in any of the photos.
    .hint = Ask about whole photos, or add photos that show the face.
photo-face-needed = A photo shows no face that could be cut out.
    .hint = Ask about whole photos, or add photos that show the face.
photo-twin-in-batch = The very same file as { $label }.
    .hint = It is counted once.
photos-over-count = Only the first { $most } files are looked at.
    .hint = Remove others first.
photos-over-size = Together the files have more than { $megabytes } MB.
    .hint = Add fewer or smaller ones.
photo-not-sent = { $reason }
photo-named = { $label }: { $reason }

### Models and datasets, continued

dataset-empty = { $file } names nobody.
    .hint = Every person needs one line, and names must differ by more than case or accents.
dataset-people-twice = { $file } names { $count } people twice.
    .hint = Every person needs one line, and names must differ by more than case or accents.
model-damaged-in-folder = { $title } cannot be loaded. Its folder holds a damaged file, or weights of another architecture.
    .hint = Save the model again.
model-altered-in-folder = { $title } cannot be loaded. Its folder holds a checkpoint that was altered after it was written.
    .hint = Save the model again.
model-damaged-in-cache = { $title } cannot be loaded. The cache holds a damaged file, or weights of another architecture.
    .hint = Delete it from the cache and fetch it again.
model-altered-in-cache = { $title } cannot be loaded. The cache holds a checkpoint that was altered after it was written.
    .hint = Delete it from the cache and fetch it again.
weights-unknown-tag = open_clip has no weights called { $source }.
    .hint = Tags of { $architecture }: { $tags }.
weights-unknown-architecture = open_clip has no weights called { $source }.
    .hint = See open_clip.list_pretrained() for what there is.
memory-full = This page holds as many photos as it can at the moment.
    .hint = Those of others go within minutes: try again then, or with fewer photos.

### The paper's figures, row by row

trust-paper-run-1 = LAION-400M ViT-B/32, 505 members, 18 non-members
    .photos = 30
    .tpr = 0.915 to 0.925
trust-paper-run-2 = LAION-400M ViT-B/16
    .photos = 30
    .tpr = 0.939 to 0.943
trust-paper-run-3 = LAION-400M ViT-L/14
    .photos = 30
    .tpr = 0.949 to 0.956
trust-paper-run-4 = LAION-400M ViT-B/32
    .photos = 1
    .tpr = 0.636 to 0.661
    .fpr = 1 to 2 of 18
trust-paper-run-5 = the paper's summary of all runs
    .photos = up to 30
    .tpr = above 0.70 to 0.95
    .fpr = near 0 to under 0.02
