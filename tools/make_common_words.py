"""Make ``dedup/data/common-words.txt``: the commonest words of each language, from which texts are told apart.

The figures come from wordfreq 3 (https://github.com/rspeer/wordfreq, Robyn Speer), whose data is licensed
CC BY-SA 4.0; so is the file made here (see NOTICE). Languages that wordfreq lacks have a list of their own below, in
order of estimated frequency.

Run with: ``python -m tools.make_common_words`` (needs ``pip install wordfreq``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import wordfreq  # type: ignore[import-untyped]

from dedup.documents import TextBatch
from dedup.tokens import tokenize

# "sh" is what wordfreq calls Serbian, Croatian and Bosnian.
LANGUAGES = [
    "ar",
    "bg",
    "bn",
    "ca",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "es",
    "fa",
    "fi",
    "fr",
    "he",
    "hi",
    "hu",
    "id",
    "is",
    "it",
    "lt",
    "lv",
    "mk",
    "nb",
    "nl",
    "pl",
    "pt",
    "ro",
    "ru",
    "sh",
    "sk",
    "sl",
    "sv",
    "ta",
    "tr",
    "uk",
    "ur",
    "vi",
]
SIZE = 300
OUTPUT = Path(__file__).parent.parent / "dedup" / "data" / "common-words.txt"

OWN = {
    "eo": "la de kaj en al estas ne por ke li kun ĝi estis mi ili pri el oni sed kiel kiu tiu ĉi por pli sur ŝi ni kiuj"
    " la se nur ankaŭ aŭ ĉiuj da dum vi per havas kio ĉar tio jam plej inter sia tre kiam ol tiuj post unu iu antaŭ"
    " povas ĝis ĉe lia sen multaj du siaj kiun laŭ tiel jaro esti estos diris devas ĉiu tie kie ankoraŭ sin kontraŭ"
    " iĝis nun tamen multe mem alia aliaj ekde iuj tute ja nenio neniu ilia ilian nia mia via kial tial",
    "et": "ja on ei et see ta oli ka kui ma mis aga selle oma või kes siis ning seda nii mida välja veel kuid pole juba"
    " üle olid mitte nad üks kõik ole kas väga mu kuidas nende ainult teda aasta pärast meie olla eest peale aastal"
    " kus vaid sest enne tema neid ära sa mille saab tuleb olen me poolt seal kuni midagi nagu sellest hea ilma võib"
    " alla läbi sel aeg eesti kaks enam peab rohkem praegu just minu ise keda need sellel seega ütles korda oleks"
    " kogu teine tuli sai edasi uue järgi vastu hakkas alates ees iga kõige koos samuti",
    "eu": "eta da ez bat du dira zen izan dute dela baina bere ere hau horrek egin den zuen ziren beste edo hori bai"
    " baino egiten zuten behar nahi asko arte gabe dituzte ditu daude dago bezala oso zein berri orain lehen hala"
    " batean batzuk duen urte euskal guztiak gero hura bi esan batek horiek haren dituen diren duten beharko arabera"
    " izango hemen baita bizi hainbat urtean besteak gainera egun une honetan hartu ondoren aurrera zer non nola"
    " gure zuzen lan handi hiru artean kontra buruz bitartean ezin badira bada dut dugu naiz gara zaio",
    "ga": "an na a agus ar i is do go le sé bhí ag tá ní de leis nach mar sin ach atá sa as siad sí iad seo é í raibh ó"
    " bhí níl faoi féin gur gan eile nó sna ann ón den don idir roimh tar anois fós mé muid tú sibh aige aici acu"
    " againn agam orthu uirthi air chun tríd nuair má dá dúirt bheith bhfuil aon dhá trí gach cad cé chuig dul thar"
    " mór lá bliain blianta duine daoine thug chuaigh rinne déanamh freisin níos mó ina lena ba mo bhur ár cén conas",
    "hy": "եւ և է որ են մեջ էր այս հետ ու համար նաև իր մի նա այդ էին թե ինչպես ոչ չի պետք ըստ բայց կամ մասին հետո նրա"
    " միայն բոլոր ամենա երբ որպես",
    "ne": "छ र को मा पनि यो छन् भने गरेको हो लागि गर्ने भएको छैन थियो त्यो एक उनले हुन तर गरी हुने गर्न भएका गरेका"
    " नेपाल अनि कि यस उनी बाट सँग लाई ले का की सबै अब के हामी मैले त गर्छ हुन्छ भन्ने पछि थिए सम्म साथै मात्र उनको"
    " दिन वर्ष नै भए रहेको रहेका भन्दै यसरी जुन त्यस अझै धेरै तथा गरिएको दुई बताए",
    "st": "ea le ho e ka ke ba ya o tse ha sa a hore la ne mme tsa di wa se hae bona batho bo motho na tla ho ho"
    " kapa empa hape jwale haholo fela sena feela bile e le moo teng tsela entse mong ena re rona mo ntho ntse"
    " eo bao seo ao tseo hoo kaofela yena nako lehae letsatsi selemo ngwana ngata tloha hara pele kamora itse itseng"
    " ile tswa etsa leha bang ntle lona yona hona wona eka mofuta eseng kgotsa tlase hodimo lefatshe metsi",
    "yi": "און די אין איז דער ער האט נישט פון וואס צו מיט א אויף דאס איך זיך ניט זענען אז דעם ווי געווען זיי אן אויך"
    " זיין האבן פאר ביי מען מיר נאר אבער וועט זי נאך שוין אלע וועלכע ווען דא וועלן קען אונדז זייער נאר אדער דארט"
    " אזוי יעדער ווערן איר זאל איין ביז ווייל דורך וועגן פֿון האָט וואָס דאָס נאָר אַז אַ אויפֿ נאָך",
}  # fmt: skip

_CYRILLIC = {
    "lj": "љ", "nj": "њ", "dž": "џ", "a": "а", "b": "б", "v": "в", "g": "г", "d": "д", "đ": "ђ", "e": "е", "ž": "ж",
    "z": "з", "i": "и", "j": "ј", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с",
    "t": "т", "ć": "ћ", "u": "у", "f": "ф", "h": "х", "c": "ц", "č": "ч", "š": "ш",
}  # fmt: skip


def cyrillic(word: str) -> str:
    """A Serbian word in Cyrillic letters."""
    for latin, letter in _CYRILLIC.items():
        word = word.replace(latin, letter)
    return word


def own_values(words: list[str]) -> dict[str, float]:
    """Zipf values by rank, as they fall in most languages."""
    return {word: round(7.5 - 0.85 * math.log10(rank), 1) for rank, word in reversed(list(enumerate(words, 1)))}


def is_word(word: str) -> bool:
    """Whether it is one token, and no number."""
    tokens = tokenize(TextBatch.from_texts([word]))
    return len(tokens.hashes) == 1 and word[0].isalpha()


def counted_values(language: str) -> dict[str, float]:
    """Zipf values from wordfreq."""
    words = [word for word in wordfreq.top_n_list(language, 2 * SIZE) if is_word(word)]
    return {word: round(wordfreq.zipf_frequency(word, language), 1) for word in words[:SIZE]}


def main() -> None:
    """Write the lists, a line for each language and Zipf value, the greatest first."""
    values = {language: counted_values(language) for language in LANGUAGES}
    serbian = values.pop("sh")
    values["sr"] = serbian | {cyrillic(word): value for word, value in serbian.items()}
    values |= {language: own_values(text.split()) for language, text in OWN.items()}
    lines = []
    for language in sorted(values):
        groups: dict[float, list[str]] = defaultdict(list)
        for word, value in values[language].items():
            groups[value].append(word)
        lines += [f"{language}\t{value}\t{' '.join(groups[value])}" for value in sorted(groups, reverse=True)]
    OUTPUT.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
