"""Word parts of which the names of the invented artists and tracks are made."""
# ruff: noqa: RUF001 - other alphabets are used on purpose

from typing import Literal

type Alphabet = Literal["latin", "accents", "cyrillic", "greek", "kana"]

type Parts = tuple[tuple[str, ...], ...]
"""Beginnings, middles and ends: one of each makes a word."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SYLLABLES: Parts = (
    _words(
        "vel thes mor quin bra osk zel jor tav il fen gru hal kir lum nar pre rus"
        " sol tro ulv wex yar dra cal esk fli gol hep ist"
    ),
    _words("ka mi ro ne va lu si do tha pe ri zo gwe ny fa bo ghe la sho ti"),
    _words(
        "ra len mont dis vane ster quill mere zine bult nax ford wick tune rell"
        " sund mir poll grave thorn lia ven rock sca dane"
    ),
)

ALPHABETS: dict[Alphabet, Parts] = {
    "accents": (
        _words("Év Ørn Ñil Süd Čar Žel Åst Ç Íl Öv Łan Ğür"),
        _words("ané rôl íta öse čí ąva ěma ûni øde ãla èri åsu"),
        _words("lle mür vîn dão sć ña nès kvø rž tté lô zë"),
    ),
    "cyrillic": (
        _words("Зве Тор Лум Вер Кра Ост Мил Жур Гле Ски Пре Яро"),
        _words("ло ма ви ту ре зо ни ша ле бу ги дра"),
        _words("мир нь рга вец лин стра дож хо нта вия рок сень"),
    ),
    "greek": (
        _words("Θα Λυ Ζεφ Ορμ Κρι Νεφ Ψιλ Αστ Μελ Φαι Ιρ Ευδ"),
        _words("λύ νε ρα μό δι θέ κυ σα πί λο ξά τρα"),
        _words("νερα μος λία θων ρις σταν δη ξα κος νθη ρον λις"),
    ),
    "kana": (
        _words("ハル ミズ トネ カゲ ソラ ユメ リン ナギ シオ ツキ モリ ヒビ"),
        _words("モ リ ナ ゼ ト ク ラ ミ オ ヤ ノ エ"),
        _words("ネ ラン ード リア ルタ ーゼ ッコ ミア ロウ ント ヴェ シカ"),
    ),
}

KANJI = tuple("霧野灯峰潮雫苔錆縁筏匙梯榛鋏")

ADJECTIVES = _words(
    "Velvet Plywood Copper Salted Borrowed Quilted Lopsided Ochre Tungsten Bramble"
    " Lacquered Ninefold Sodden Umber Threadbare Clockwise Marzipan Thimble Pewter"
    " Folding Corduroy Unpaid Waxen Tidal Upholstered Knitted Magnetic Overdue"
    " Parboiled Rented Sawtooth Starched Tepid Unlit Verdigris Woollen Gravel"
    " Itinerant Lukewarm Mothproof"
)

NOUNS = _words(
    "Harbour Almanac Turbine Orchard Sextant Pelican Viaduct Gazebo Corridor Barometer"
    " Weathervane Cartographer Drawbridge Hedgerow Radiator Parasol Typist Kiln Pergola"
    " Spindle Cormorant Sundial Compass-Rose Ledger Bobbin Cistern Dovecote Escalator Funnel"
    " Gramophone Hatstand Inkwell Pontoon Kettle Lighthouse Metronome Nutcracker Tramway"
    " Pulley Quayside Rudder Switchboard Tollbooth Umbrella Vestibule Wheelhouse"
)

GIVEN_NAMES = _words(
    "Mirelle Jorvan Taviane Oskarin Leontje Ilvy Brankou Solwenn Edrik Nolani Pirkko-Lu"
    " Thibor Zenzile Aurek Calvina Dovrin Emmerla Fjorn Ginevra-Bo Halvi Inesco Juvenil"
    " Kasimira Lorcane Maruschek Noemira"
)

PLAIN_WORDS = _words(
    "Love Love Love Time Time Night Night Heart Home Again Alone Dance Dream Forever"
    " Forget Gone Goodbye Last Money Rain Sleep Sorry Stay Wait"
)
"""Words that songs are full of."""
