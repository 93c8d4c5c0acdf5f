"""Words found in what people say about every subject, so that they do not count as much as the subject's own words."""

from routing.suggest.words import stem

_SMALL = """
aan al allang alle alleen allemaal als alsjeblieft alstublieft altijd ander andere anders aub bedankt beetje
belde bellen beller belt ben bent beste bij bijna burger client daar daarom daarover dag dan dank dat de denk
denkt deze dhr die dit doe doen doet dr dus echt een eens eerst eigenlijk en er erover ervan even ff ga gaan
gaat geachte gebeld gekregen geregeld gewoon ging gisteren goed goede goedemiddag goedemorgen graag groet
groeten had hallo heb hebben hebt heeft heel heen hele help helpen hem hen het hier hierover hij hoe hoi hoor
hun iemand iets ik in info informatie inmiddels is ivm ja jaar je jij jou jouw jullie kan klant kom komen komt
krijg krijgen krijgt kun kunnen kunt laat later maand maanden maar mag me mee meer men meneer mensen met mevr
mevrouw mij mijn misschien mn moest moet moeten mogen momenteel morgen mw na naar nee niet niets nog nogal nou
nu of om omdat ons onze ook op over per precies regelen s sinds snel soms steeds svp t te ten ter terecht toch
toe toen tot u uit uw van vanaf vandaag veel vertellen via volgens voor vraag vraagt vragen vriendelijk waar
waarom wanneer want waren was wat wat'n we week weer weet weken wel weleens welk welke weten wie wij wil wilde
willen wilt word worden wordt wou ze zeer zeggen zegt zei zelf zich zij zijn zit zo zoals zonder zou
"""
_GENERAL = """
aangevraagd aantal aanvragen achter advies afgegeven allebei alles alvast anderen antwoord antwoorden app april
arm augustus avond baas balie bang bedoel bedoelt bedrag bedragen bedrijf begin beginnen begint begon begonnen
begrijp begrijpen begrip beide beiden bekend beneden bepaald bepaalde beslissing besluit best bestaan bestaat
betaald betaalt betalen betaling betalingen beter bewaard bewaren bewijs binnen binnenkort bleef blij blijft
blijven boos boven bracht brengen brengt brief broer buiten buurman buurvrouw circa collega contact
contactpersoon daarmee dacht dagen dame december deden deed deel delen denken dergelijke dezelfde dicht dichtbij
dichter ding dingen dinsdag direct dochter dochters dochtertje document donderdag doorgeven dorp draaien draait
drie duidelijk duidelijkheid duizend duren duur duurde duurt eergisteren eerste eeuw eigen einde eindelijk
eindigen eindigt elk elke enkele erg ergens euro eventueel eventuele familie februari feit feiten formulier fout
fouten gebeurd gebeuren gebeurt gebied gebleven gebracht gebruik gebruikelijk gebruiken gebruikt gedaan gedacht
gedeelte gedeeltelijk geeft gegaan gegeven gehaald gehoord gehouden gekomen gelaten geld gelden geldt gelegen
gelezen gelopen gelukt gemaakt gemaild gemeld genoeg genoemd genomen geprobeerd geschreven gesproken gestaan
gesteld gestopt gestuurd getrokken geval gevallen geven gevolg gevolgen gevonden gevraagd gewacht geweten
gewoonlijk geworden gezet gezeten gezien gezocht gingen goedkoop gooien gooit gratis groot grote haalde haalt
haast halen halfjaar hard heer heet heleboel helft herfst hetgeen hetzelfde hield hiermee hoelang hoeveel hoezo
hoge honderd hoog hoogstens hoop hoopt hoorde horen houden houdt ieder iedere iedereen indienen ingediend
ingeleverd ingevuld inleveren instantie invullen januari jaren jongen juli juni keer kende kennen kent kijken
klaar klein kleindochter kleine kleinzoon klopt knop kon konden kort korte kost kosten koud krom kwam kwamen
kwart kwartaal kwartier laag laatste lag lage land lang lange langzaam las lastig laten leden leeftijd leeg
leest leggen legt lelijk lente leven lezen lid liep liggen ligt lijst lijstje links loket loopt lopen los lukt
lukte maandag maart mail maken makkelijk man manier maximaal medewerker meegenomen meenemen meeste meetellen mei
meisje meldde melden melding mens meteen middag miljoen minder minimaal minste minstens minuten minuut mislukt
mislukte mocht mochten moe moeder moeilijk moeite moment mooi morgenochtend naam naast nadat nadeel nam
natuurlijk nederland neef neemt neer neergelegd nemen nergens nicht niemand nieuw niks nodig noemt nogmaals
nooit normaal normale november nummer ochtend ogenblik oktober oma onbekend onder onduidelijk ongeveer onlangs
online ontvang ontvangen oom oorzaak opa open opgestuurd opnieuw opsturen organisatie oud ouders overal overheid
overige overmorgen paar pagina papieren partner personen persoon plaats plaatsen plek plotseling praten prijs
probeert proberen probleem problemen procent provincie punt punten reactie reageert reageren recent rechts reden
regel regels regio rekeningen rest ruim ruimte rust rustig samen scherm schoonmoeder schreef schrijven seconde
september sindsdien site situatie slecht slechte snap snappen som sommige soort speciaal speciale sprak spreken
staan staat stap stappen stel stellen stelt stond stonden stop stoppen stopt stopzetten stukje sturen stuurt
tante telefonisch telkens tellen telt terug terwijl tijd tijden tijdens tijdig tip tips tonen totaal trekken
trekt trok tussen tweede type uitgemaakt uitleg uitleggen uitspraak uren uur vader vallen valt vanavond vannacht
vast ver veranderen verder verdrietig vergat vergeet vergeten verkeerd verschil verschillende vertrek vertrekken
vervelend verwacht verwachten verwachting viel vier vijf vinden vindt vol volgende volledig vond voorbeeld
voordat voordeel vorige vorm vraagje vriend vriendin vrijdag vroeg vrouw waarmee waarschijnlijk waarvoor wacht
wachten wachtte warm weg wens wenst werkt wijze wijzigen wilden winter wist woensdag zaak zacht zaken zat
zaterdag zeker zekere zelfde zes zet zette zetten zien zin zinvol zitten zocht zoeken zoekt zomer zondag zonen
zoon zoontje zouden zulke zus zwager
"""
_SAYING = """
adviseert belde schreef schrijft stuurde stuurden stuurt sturen vertelde verteld vertelt verwees verwezen verwijst
verwijzen vindt zegt zei zeggen zeiden
"""

# Grammar, politeness, and the way employees take notes: these say nothing about the subject.
STOPWORDS = frozenset(_SMALL.split())
# People, time, money and what one does with papers: these count, but never as much as the word for the subject.
GENERIC = frozenset(map(stem, _GENERAL.split()))
# After the name of an organisation, or before it: it sent the person on and does not have the subject itself.
SAYS, SAID_BY = frozenset(_SAYING.split()), frozenset({"door", "volgens"})
