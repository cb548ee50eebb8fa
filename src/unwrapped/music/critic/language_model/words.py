"""Word lists for the texts of a model: which words begin a sentence, need evidence or are
banned.

A word with a capital counts as a name unless it is listed here, so that a text names nobody who
was not sent.
"""

import re

_OPENERS = """
    a about above absent accepted accounts across admiration admittedly affection
    after again against age agreed ahead album albums all almost along already also
    although always among an and another answered any anybody anyone anything apart
    apparently appetite approved are aren arithmetic artist artists as ask asked
    asking at attention away back barely be because been before beginning beginnings
    behind behold being below beneath beside besides best better between beware
    beyond bigger biggest bookkeeping books both briefly but by call called calling
    can case caution certainly change chiefly chosen clearly closing collect columns
    coming commitment consider consistency could couldn count counted curiosity
    curiously dawn day days devotion did didn discipline do does doesn don done down
    duly during each early either elsewhere ending enough entries entry even evening
    evenings eventually ever every everybody everyone everything evidence evidently
    exactly except excess explained fair far few fewer fidelity figures file filed
    finally fine first five for forgotten fortunately found four frankly friends
    from further give given go gone good granted growth habit habits had half hardly
    has hasn have haven having he heard hearing held hence her here hers him his
    honestly hour hours how however if imagine impressively in indeed instead into
    is isn it its just keep kept largely last lately later least leave leaving
    ledger left less let like likewise listen listening long longer longest look
    lost louder loyalty made mainly manners many maybe meanwhile mercifully mercy
    merely met mind missing moderation modesty mondays months more morning mornings
    most mostly much music must my names naturally nearby nearly needless neither
    nerves never nevertheless new next night nights no nobody noise none nonetheless
    nor nostalgia not note noted nothing notice now numbers obviously odd oddly of
    off often oh old on once one only onto opening opposite or order other others
    otherwise our out over paid partly patience perhaps plainly play played playing
    plays please plenty predictably present presumably pride progress proof purely
    put quieter quite rarely rather read really recorded records regret regrettably
    rejected remarkably remember remembered repeated repetition respect restraint
    returning roughly routine said same say scarcely seen seldom sent seven shame
    she shorter should shouldn silence similarly simply since sincerely six skipped
    sleep smaller smallest so some somebody somehow someone something sometimes
    somewhat somewhere song songs soon spared stamina start starting stay still stop
    stopping strangely such suddenly sums surely surprisingly take taste telling
    tellingly ten than that the their them then there thereafter these they things
    think this those though three through throughout thus time titles to together
    too total totals track tracks trust twice two undecided under understandably
    understood undeterred unexplained unfortunately unheard uninvited unmoved until
    up upon us variety very wait was wasn we weekends weeks well were weren what
    whatever when whenever where whereas wherever whether which while who whole whom
    whose why will with within without won wonder worse worst would wouldn written
    years yes yet you your yours
"""
OPENERS = frozenset(_OPENERS.split())
"""Words that may begin a sentence, in lower case."""

ALWAYS_CAPITAL = frozenset({"I", "I'd", "I'll", "I'm", "I've"})

NUMBERS = re.compile(
    r"\b(eleven|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|sixty"
    r"|seventy|eighty|ninety|billions?|hundreds|thousands|millions|dozens|scores|pair"
    r"|halves|thirds|quarters|fourth|fifth|sixth|seventh|eighth|ninth|tenth|doubled"
    r"|tripled|per ?cent|percentage|decades?|centur(y|ies)|fortnights?"
    r"|nought|nil|score|several)\b",
    re.IGNORECASE,
)
"""Amounts in words, which no evidence contains."""

CLAIMS: dict[str, str] = {
    r"\b(always|never|every time|all of|none of|entire|entirely|whole)\b":
        r"\b(all|every|each|never|without|none)\b",
    r"\b(majority|minority|almost|nearly|about|around|roughly|approximately|barely)\s+§":
        r"\b(about|nearly)\b",
    r"\b(less|fewer|better|worse|bigger|smaller|faster|slower|greater|lower|older)\b":
        r"\b(more|less|fewer|than|most|least|under|over|between|new|old)\b",
    r"\bas (many|much|often|long)\b": r"\b(same|alike|equal|both|more|most)\b",
    r"§\s+(a|an|per|each|every)\s+(day|night|hour|week|month|year|minute)\b":
        r"\b(average|per|each|every|a day|one day)\b",
    r"\b(second|runner-up|favou?rite)\b": r"\b(second|place|rank|most|first|next)\b",
    r"\b(morning|mornings|night|nights|nightly|evening|evenings|midnight|noon|weekends?)\b":
        r"\b(hours?|night|morning|evening|Saturday|weekends?|clock)\b",
}  # fmt: skip
"""Claims that the house never makes, in the form of `fact_check.CLAIMS`: words of a text, and the
words that the label of a cited fact must then contain."""

UNSPEAKABLE = re.compile(
    r"\b(abus\w*|addict\w*|alcohol\w*|anorexi\w*|arrest\w*|assault\w*|autis\w*|bankrupt\w*"
    r"|beat(s|en)? (his|her|their)|bipolar|bitch\w*|blackmail\w*|brib\w*|cancer\w*|cheat\w*"
    r"|christian\w*|cocaine|coke|commit(s|ted)? suicide|communis\w*|con(man|men|victs?|victed)"
    r"|corrupt\w*|crim(e|es|inal\w*)|cult|dead|death|demented|depress\w*|die[sd]?|disabled"
    r"|disgust\w*|divorc\w*|drug\w*|drunk\w*|dumb|fag\w*|fascis\w*|fat|fraud\w*|fuck\w*|gay"
    r"|genocid\w*|guilty of|hate|hates|hated|heroin|hitler|homeless|idiot\w*|illegal\w*"
    r"|immigrant\w*|impotent|insane|islam\w*|jail\w*|jew\w*|kill\w*|lesbian\w*|liar\w*"
    r"|lied|loser\w*|lunatic|manic|mental\w*|moron\w*|murder\w*|muslim\w*|naked|nazi\w*"
    r"|nude\w*|overdos\w*|paedo\w*|pathetic|pedo\w*|perver\w*|plagiar\w*|porn\w*|pregnan\w*"
    r"|prison\w*|prostitut\w*|psycho\w*|queer|racis\w*|rape[sd]?|rapist\w*|retard\w*"
    r"|schizo\w*|sex\w*|shit\w*|sick|slut\w*|steal\w*|stole|stolen|stupid\w*|suicid\w*"
    r"|terroris\w*|thef\w*|thie[fv]\w*|traitor\w*|trans|ugly|victim\w*|violen\w*|whore\w*"
    r"|worthless)\b",
    re.IGNORECASE,
)
"""Crime, health, faith, politics, sex and abuse: subjects that a count of plays cannot show."""
