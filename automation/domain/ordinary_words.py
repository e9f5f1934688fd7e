"""English words that audits are written in, so that a capital letter on any other word can be doubted."""

_GRAMMAR = """
a about above across after again against ago all almost alone along already also although always am among an
and another any anyone anything are arent around as at away back be because become been before behind being
below beneath beside besides best better between beyond both but by can cannot cant come could couldnt
despite did didnt do does doesnt doing done dont down due during each earlier early eg eight either else
especially etc even ever every everyone everything except far few finally first firstly five following for
four from further furthermore generally given had hadnt half has hasnt have havent having he hence her here
hers herself him himself his how however i id ie if ill in indeed inside into is isnt it its itself ive just
lastly later latest least like likewise little made mainly many may maybe me meanwhile might mine more
moreover most mostly much must mustnt my near nearly neither never nevertheless next nine no nobody none nor
not nothing now nowhere of off often ok on once one only onto or other others otherwise our ours out outside
over overall own part partly per perhaps please possibly quite rather really recently regarding same second
secondly seven several shall she should shouldnt similarly since six so some somebody someone something
sometimes somewhat soon still such sufficient ten than that thats the their theirs them themselves then there
therefore theres these they third this those though three through throughout thus till to today together too
toward towards twice two under unless unlike until up upon us usually very via was wasnt we well went were
werent what whatever when whenever where whereas wherever whether which whichever while who whoever whole
whom whose why will with within without wont would wouldnt yes yet you your yours yourself zero
"""

_NOUNS = """
absconding absence abuse acceptance access accident account achievement action activity address adoption
adult advice advocacy advocate agency agenda agreement aim alcohol ambition amount analyses analysis anger
answer anxiety appeal appendix appetite application appointment approach approval area argument arrangement
aspect assault assessment asset assistant assumption attachment attendance attention attitude audit auditor
aunt author authority availability average awareness baby background balance barrier base baseline basis bed
bedroom bedtime behaviour belief benefit bereavement birth birthday body bond box boy boyfriend brain breach
break breakdown breakfast brother bruise budget building burden business calendar call capacity capital car
care career caregiver carer case caseload casework category cause caution celebration centre certainty chair
chairperson challenge chance change chapter charge chart check checklist child childcare childhood children
choice chronology church circle circumstance city claim clarity class click clinic closure clothes clothing
coaching code coercion cohort collaboration colleague college comment commitment committee communication
community company comparison compassion competence complaint completion complexity compliance component
concept concern conclusion condition conduct conference confidence confidentiality conflict connection
consent consequence consideration consistency consultation contact content context contingency contract
contribution control conversation coordinator copy core cost council counselling country county couple
courage course court cousin cover creativity crime crisis criteria criterion criticality criticism culture
curiosity custody cycle dad daddy danger dashboard data database date daughter day deadline death debt
decision decline defence definition delay delivery demand department dependency depression depth description
descriptor design detail detention development device diagnosis dialogue diary difference difficulty
diligence dinner direction directness director disability disagreement discharge discipline disclosure
discretion discrimination discussion disorder disposal dispute disruption distance distress district
diversity doctor document documentation doubt draft drawing drift drink drive duration duty ease eating
ecomap education effect effectiveness effort element email emergency emotion empathy emphasis employer
employment encouragement end endeavour engagement english enquiry ensure environment episode equality
equipment equity error escalation essence estate ethnicity evaluation evening event evidence examination
example excellence exception exchange exclusion excuse expectation experience expert expertise explanation
exploitation exploration exposure expression extent eye face fact factor failure fairness faith father fault
fear feedback feeling field figure file finance finding flag flexibility flow focus folder food force
foreword form formulation foster fostering foundation framework freedom frequency friend friendship fun
function funding future game gap garden genogram genograms girl girlfriend goal government grade grandad
grandchild grandfather grandma grandmother grandparent group growth guardian guidance guide guideline gun
habit hand handover handwriting happiness harassment harm head heading headteacher health hearing heart help
history hobby holiday home homelessness homework honesty hospital hostel hour house household housing humour
husband hygiene hypothesis idea identification identity illness impact impairment implementation importance
impression improvement incident inclusion income inconsistency increase independence indicator infant
influence information initiative injury innovation input insight inspection inspector instance instruction
intelligence intent intention interaction interest interpreter intervention interview introduction
investigation invitation involvement isolation issue item job journal journey judge judgement judgment
justice justification kin kind kinship kitchen knife knowledge label lack language laptop law lawyer leader
leadership learner learning leave legacy legislation leisure length lesson letter letterbox level liaison
life lifestyle likelihood limit limitation line link list listening literacy living location log loss lot
love lunch mailbox maintenance majority man management manager manner mapping marriage material maternity
matter meal meaning means measure measurement mechanism mediation medication medicine meeting member memory
men mentor message method middle midwife midwifery minority minute mission mistake mix mobility model
moderation moderator moment momentum money monitoring month mood morning mother motivation movement mum mummy
music name narrative nature need neglect neighbour neighbourhood nephew network neurodiversity niece night
norm note notice notification number nurse nursery nurture nutrition observation obstacle offence offender
offer office officer ombudsman openness operation opinion opportunity option order organisation origin
outcome outline output oversight overview owner ownership pace pack package page pain panel paper paperwork
paragraph parent parenthood parenting participation partner partnership party passport pathway patience
pattern pause payment peer people percentage performance period permanence permanency permission persistence
person personality perspective phase phone photo phrase picture piece place placement plan planning play
playing pledge point police policy population portal position positive possibility post poverty power
practice practitioner praise pre pregnancy premise preparation presence presentation pressure prevention
pride principal principle printout priority prison privacy probation problem procedure proceeding process
product profession professionalism profile programme progress progression project promise proof property
proportion proposal protection protocol provider provision psychologist psychology pupil purpose quality
quantity quarter query question questionnaire race racism range rapport rate ratio rationale reaction reader
reality reason reasoning receipt recognition recommendation record recording recovery recruitment reduction
referral referrer reflection reform refuge refusal regard region register registration regularity regulation
rehearsal relapse relation relationship relevance reliance religion remark reminder removal report
representation representative request requirement research residence resident resilience resistance
resolution resource respect respite response responsibility rest restriction result retention return
reunification review reviewer reward right rigour risk role room round route row rule safeguard safeguarding
safety sample sanction scale scaling schedule schooling science scope score screening scrutiny search season
section self sense sensitivity sentence separation series service session set setting severity sex sexuality
shape share sharing sheet shift shortage shortfall show sibling side sight sign signature significance
signpost signposting silence similarity sister site situation size skill sleep sleeping smile smoke society
solicitor solution son sort source space span specialist specificity speech speed spelling sport spreadsheet
stability staff stage stakeholder start state statement station statistic status statute step stepdown
stepfather stepmother stepparent stigma story strain strand strategy street strength stress structure student
study style subject substance success suggestion suicide suitability summary supervision supervisor supper
supply support surgery surname survey suspicion system table target task tea teacher teaching team technique
technology teenager telephone template tenancy tendency tension term test text thank theme theory therapist
therapy thing thinking thoroughness thought threat threshold time timeframe timeline timeliness timescale
timing title tone tool toolkit topic total toy track tracker tracking trade training transfer transition
transparency transport trauma travel treatment tree trend triage trial trigger trip trouble trust truth try
turn turnover tutor twin type uncertainty uncle understanding union uniqueness unit university upbringing
update urgency usage use user vacancy value variation variety version victim video view viewpoint violence
visibility vision visit visitor vocabulary voice vulnerability wait waiting wake walk wall want warmth
warning water way weakness weapon week weekend weight welfare wellbeing wellness wife wish witness woman
women word wording work worker workflow workforce workload workplace worksheet workshop world worry worth
writing year youth
"""

_VERBS = """
able abscond absorb accept accessed achieve acknowledge act adapt add adhere adjust adopt advise affect agree
aid alert allocate allow amend analyse anticipate apologise appear apply appoint appreciate articulate ask
assess assign assist assume attach attain attempt attend attribute attune avoid await began begin begun
believe belong bring broke brought build built buy capture carry cease celebrate chase choose chose clarify
cleanse collate collect combine commence commend commission commit communicate compare comply comprise
concentrate conclude confirm conflate connect consider consist consult contain continue contradict contribute
convene convey cooperate coordinate create cut dated deal decide decrease deem define delegate deliver
demonstrate deny depend describe deserve designate detect deteriorate determine develop differ differentiate
disagree disclose discover discuss display disrupt distinguish disturb divert draw drawn drew drop eat edit
educate elicit embed embrace emerge empower enable encounter encourage enforce engage enhance enrich enrol
enter escalate establish estimate evaluate evolve examine exceed exclude exercise exist expand expect explain
explore extend facilitate fail fall fed feel fell felt fill finalise find follow forget formulate forward
found gain gather gave get give go got grew grow grown guarantee happen harness hear heard held highlight
hold identify ignore illustrate implement imply improve include indicate inform initiate instigate instruct
integrate intend interact interpret intervene introduce investigate invite involve isolate join justify keep
kept knew know known laid lapse last launch learn learnt led left lend let lift listen live locate look lose
lost maintain make manage map match maximise mean meant meet mention met minimise miss mitigate monitor
motivate move negotiate notify nudge observe obtain occur operate organise overcome overlook oversee
participate pass pay perceive perform permit persist persuade pick pinpoint planned plot pose possess
postpone practise prefer prepare preserve prevent print prioritise proceed produce prohibit prolong promote
propose protect prove provide pull pursue push put quote raise ran reach react read realise reassess reassure
receive recognise recommend reconcile reconsider recruit rectify reduce refer refine reflect refresh refuse
regulate reinforce reject relate release rely remain remember remind remove repeat replace reply represent
require reside resolve respond restore restrict retain retell retrieve reunite reveal revise revisit rise run
said satisfy save saw say scrutinise see seek seem seen select send sent serve settle shown simplify slip
solve sought speak spend spent spoke spoken spot stabilise stand stay steer stem stood stop strengthen strive
struggle submit substantiate succeed suffer suggest suit summarise supervise supplement suppose surround
survive suspect sustain tackle tailor take taken talk tap taught teach tell tend think timed timetabled told
took touch trace train translate treat triangulate underpin understand understood undertake undertaken
undertook uphold urge utilise validate vary verify volunteer vote warn watch weigh withdraw withdrawn
withhold wonder worsen write wrote
"""

_DESCRIBING = """
abrupt absent absolute academic acceptable accessible accordingly accountable accurate active actual acute
acutely additional adequate administrative advanced adverse affordable aggressive alcoholic alternative
ambitious analytical angry annual anonymous antenatal anti anxious apparent applicable appropriate asian
aside automatic available aware awful bad balanced basic beneficial big bilingual black blank brave brief
broad broken bruised busy calm candid capable careful careless central certain chaotic cheap chronic clear
clinical close coercive cognitive cohesive cold collaborative collective comfortable common comparable
compassionate compatible competent complete complex compliant comprehensive compulsory concise concrete
confident confidential congruent conscious consecutive considerable consistent constant constructive
contemporary contextual contingent continual continuous contradictory controlling conventional convincing
cooperative corporate correct creative credible criminal critical cross crucial crucially cultural cumulative
curious current daily dangerous deaf decent deep defensible deliberate demographic dependent depressed
desirable detailed developmental different difficult digital diligent direct directly disabled discreet
disproportionate distinct distressed diverse domestic dominant double drug dual dynamic eager easy economic
educational effective efficient elective elevated eligible emotional empathetic empty enduring energetic
enough entire environmental equal equally equitable essential essentially ethical ethnic evident evidently
exact excellent exceptional excessive exciting exclusive existing expected experienced explicit exploitative
express extended extensive external extra extraordinary extreme fair faithful false familial familiar family
famous fast fatal favourable female fictional final financial firm fit flexible fluent focused fond foreign
formal formative former fortnightly fragile free frequent fresh friendly front full functional fundamental
funny gender general generic gentle genuine global good gradual great happy hard harmful harsh healthy heavy
helpful heritage hidden high historic historical holistic honest hopeful horizontal hostile huge human humane
ideal identical imaginative immediate immense imminent impartial imperative implicit important impossible
impressive inaccurate inaction inadequate inappropriate incomplete inconsistent incorrect independent
indicative indirect individual ineffective inevitable inevitably informal informative informed inherent
initial innovative insightful instead institutional insufficient integral integrated intense intensive
intentional interactive interagency interestingly interim intermittent internal international interpersonal
intimate intrafamilial invaluable invisible irregular isolated joint keen key lacking large lasting late
lateral lawful lead learned legal legible legitimate lengthy less light likely limited linear linguistic
literal lived local logical lonely long longstanding loose loud loving low loyal main major male mandatory
marginal maternal mature maximum meaningful measurable medical medium mental mere mild mindful minimal
minimum minor missed missing mixed mobile moderate modern monthly moral multi multiagency multidisciplinary
multiple mutual narrow national natural necessary negative neglectful neighbouring neurodivergent neutral new
nice noisy nonverbal normal notable notably noteworthy noticeably novel numerous objective obvious occasional
odd offensive official old ongoing online open operational opposite optimal optimistic optional oral ordinary
organic organisational original outdated outstanding overdue overt paramount parental partial particular
particularly passionate passive past paternal patient peaceful pending permanent persistent personal
personalised pertinent physical plain pleasant pleasing polite political poor popular possible postnatal
potential powerful practical precise predictable predominant preferred pregnant preliminary premature
prepared present presently preventative preventive previous primarily primary prior private proactive
probable productive professional proficient prolonged prominent prompt pronounced proper proportionate
prospective protective proud psychological public punctual purposeful qualified qualitative quantitative
quarterly quick quiet racial random rapid rare raw reactive ready real realistic reasonable recent receptive
reciprocal recurrent recurring reflective regional regular related relational relative relentless relevant
reliable religious reluctant remarkable remote repeated repetitive residential resilient resistant
resourceful respectful responsible responsive restorative restrictive retrospective rich rigid rigorous risky
robust rough routine rude safe sceptical school secondary secret secure selective senior sensible sensitive
separate serious severe sexual shared sharp short sick significant significantly silent similar simple simply
single skilful skilled slight slow small smart smooth social solid sophisticated specific specifically
spiritual spontaneous stable staggered standard static statutory steady sterile straightforward strategic
strict strong structural structured stuck subjective subsequent subsequently substantial substantive
successful succinct sudden sufficiently suitable superficial superior supportive supposed sure sustainable
swift systematic systemic tailored tangible tardy temporary tenacious tense tentative thematic therapeutic
thin thorough thoughtful tidy tight timely tough traditional transparent traumatic tremendous tricky true
typical ultimate ultimately unable unacceptable unaccompanied unaware unborn unchanged unclear uncomfortable
undue unequal unexplained unfair unfortunate unfortunately unhappy unhelpful uniform unique unknown unlikely
unmet unnecessary unrealistic unresolved unsafe unseen unstable unsuitable untimely unusual upcoming upset
urban urgent useful useless usual vague valid valuable variable varied various vast verbal vibrant vigilant
violent virtual visible visual vital vivid voluntary vulnerable warm weak weekly weighted welcome wide
widespread willing wise wishful wonderful worried worthwhile worthy written wrong young
"""

_WORLD = """
east north south west
afghan african arabic bangladeshi bengali britain british buddhist caribbean catholic chinese christian
christmas czech december diwali easter eid england european february friday gypsy hindu indian ireland irish
islamic january jewish july kurdish lent march monday muslim november october pakistani polish punjabi
ramadan roma romanian romany saturday scotland scottish september sikh slovak somali sunday syrian thursday
traveller tuesday uk urdu wales wednesday welsh
"""

_NAMES = """
amber angel april archer art ash aspen august autumn baker ball banks barber bell berry bill bird bishop
black bliss blossom bond booth bowling brand bright brook brown buck burns bush butcher butler carpenter
charity chase cherish cherry christian clay cloud cook cotton coy crane crisp cross daisy dale dawn day dean
destiny dove drew duke earl eden eve faith farmer fern field fields flowers ford forest foster fox france
frank frost gale gates gene gift glen glory gold golden grace grant gray green grey grove guy hall hardy
harmony harvest hawk hazel heath heather heaven hill hills holly honor hood hope hunt hunter ivory ivy jack
jade jasmine jersey jewel journey joy judge june keen key keys king kingdom kings knight lake lamb lance land
lane laurel lily lodge long love loving low lucky mace major mark marks marshal mason max may mayor melody
mercy merit merry miles mill mills miner moon moss mountain nick noble norm oak ocean olive opal page painter
park parks pat patience peach peacock pearl penny pepper phoenix pike pleasant poet pole pope porter potter
pound powers precious price pride priest prince princess prudence quick rain raven ray reef remedy rice rich
ridge river rivers rob robin rock roman rose royal ruby rusty sage saint sandy savage scarlet serenity shade
sharp shepherd silver sky small smart snow sparks spring star steel sterling stone storm strong sue summer
summers sunny swan sweet swift temple thorn tower trinity urban usher vale valentine verity victor violet
virtue wade walker wall walls ward warden waters weaver wells white will willow wills winter wise wolf wood
woods young
"""

_LOOK_LIKE_FORMS = """
billings browning carly childs cummings dowling fielding fleming fuller golding harding hastings hollings
inman jennings keating kelly manning rawlings wilder
"""

_ADJECTIVES = frozenset(_DESCRIBING.split())

ORDINARY = frozenset(f"{_GRAMMAR} {_NOUNS} {_VERBS} {_DESCRIBING} {_WORLD}".split())
"""Words that say nothing of a person when they have a capital."""

ALSO_NAMES = frozenset(_NAMES.split())
"""Words that are people's names as well: a capital on one within a sentence is doubted, ordinary or not."""

_NO_FORMS = frozenset(_LOOK_LIKE_FORMS.split())
"""Names that look like forms of ordinary words."""

_LONG = 8
_ENDINGS = ("ments", "ment", "ness", "ships", "ship", "tions", "tion", "sions", "sion", "ilities", "ility")
"""Long words that end so are no names."""
_PREFIXES = ("un", "re", "non", "mis", "over", "under", "pre", "inter")


def is_ordinary(word: str) -> bool:
    """Whether a word (folded: lower case, without apostrophe) is ordinary English, in whatever form of it."""
    if word in ORDINARY or (len(word) >= _LONG and word.endswith(_ENDINGS)):
        return True
    if word in ALSO_NAMES or word in _NO_FORMS:
        return False
    forms = [word, *(word[len(one) :] for one in _PREFIXES if word.startswith(one) and len(word) > 6)]
    return any(_is_form(one) for one in forms)


def _is_form(word: str) -> bool:
    """Whether the word is another form of a known one: a plural, a tense, an adverb, a comparative."""
    if len(word) < 4:
        return False
    stems = {word}
    if word.endswith("s") and not word.endswith("ss"):
        stems |= {word[:-1], word[:-2], f"{word[:-3]}y"} if word.endswith("es") else {word[:-1]}
    if word.endswith("ed"):
        stems |= {word[:-1], word[:-2], word[:-3], f"{word[:-3]}y"}
    if word.endswith("ing"):
        stems |= {word[:-3], f"{word[:-3]}e", word[:-4]}
    known = any(len(one) > 2 and one in ORDINARY and one not in ALSO_NAMES for one in stems)
    if known or not word.endswith(("ly", "er", "est")):
        return known
    stem = word.removesuffix("est").removesuffix("er").removesuffix("ly")
    return bool({stem, f"{stem}e", f"{stem}le", f"{stem[:-1]}y", stem[:-1]} & _ADJECTIVES)
