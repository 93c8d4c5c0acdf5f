"""The words of the description for the Algoritmeregister. Numbers and lists are filled in from the table.

Names, order and lengths of the fields: publicatiestandaard 1.0 of the Algoritmeregister (Ministerie van BZK).
"""

LABELS = {
    "name": "Naam",
    "description_short": "Korte omschrijving",
    "organization": "Organisatie",
    "category": "Thema",
    "status": "Status",
    "begin_date": "Begindatum",
    "contact_email": "Contactgegevens",
    "publication_category": "Publicatiecategorie",
    "goal": "Doel en impact",
    "proportionality": "Afwegingen",
    "human_intervention": "Menselijke tussenkomst",
    "risks": "Risicobeheer",
    "lawful_basis": "Wettelijke basis",
    "impacttoetsen": "Toelichting op impacttoetsen",
    "source_data": "Gegevens",
    "methods_and_models": "Technische werking",
    "provider": "Leverancier",
    "publiccode": "Link naar broncode",
    "lang": "Taal",
    "standard_version": "Versie publicatiestandaard",
    "source_id": "Bron-ID",
    "tags": "Zoektermen",
}
FIELDS = tuple(LABELS)
LONGEST = {
    "name": 100,
    "description_short": 350,
    "organization": 100,
    "contact_email": 500,
    "goal": 2500,
    "proportionality": 2500,
    "human_intervention": 2500,
    "risks": 2500,
    "lawful_basis": 2500,
    "impacttoetsen": 2500,
    "source_data": 2500,
    "methods_and_models": 5000,
    "provider": 200,
    "publiccode": 500,
    "source_id": 100,
    "tags": 2500,
}
THEMES = {
    "debt": "Sociale zekerheid",
    "housing": "Wonen",
    "care": "Zorg en gezondheid",
    "education": "Onderwijs en wetenschap",
    "work": "Werk",
    "family": "Sociale zekerheid",
    "income": "Sociale zekerheid",
    "tax": "Overheidsfinanciën",
    "benefits": "Sociale zekerheid",
    "identity": "Organisatie en bedrijfsvoering",
    "mobility": "Verkeer",
    "justice": "Recht",
}
INPUTS = {
    "topic": "het onderwerp van de vraag",
    "agency_topic": "de eigen code van de organisatie voor het onderwerp",
    "kind": "de soort vraag, zoals een klacht of een bezwaar",
    "channel": "hoe de persoon contact zocht",
    "residence": "waar de persoon woont: gemeente, vier cijfers van de postcode, eiland of buitenland",
    "decision_by": "welke organisatie het besluit nam",
    "registry_holder": "welke organisatie het foute gegeven bijhoudt",
    "involved": "met welke organisaties de persoon te maken heeft",
    "domains": "op welke terreinen van het leven problemen samenhangen",
    "acute": "of de situatie acuut is",
    "danger": "of er gevaar is voor leven of veiligheid",
    "stuck": "of een professional zegt dat de organisaties vastlopen",
    "professional_asks": "of een professional om maatwerk vraagt",
    "complaint_procedure_used": "of de klacht al bij de organisatie zelf is behandeld",
    "harrowing": "of een mens de situatie schrijnend noemt",
    "harmed_parent": "of de persoon zich als gedupeerde ouder meldt",
    "signal": "of een professional meldt dat regels niet goed uitwerken",
    "life_event": "een gebeurtenis in het leven, zoals een verhuizing",
    "answers": "antwoorden op vragen die de tabel stelde",
}
EXCLUDED = {
    "origin": "nationaliteit, afkomst, etniciteit, geboorteplaats en huidskleur",
    "conviction": "geloof, overtuiging, politieke voorkeur en seksuele gerichtheid",
    "suspicion": "verdenking, fraude, opzet, risicoscores en zwarte lijsten",
    "number": "het burgerservicenummer",
    "word": "dezelfde zaken onder een korte naam",
}
WORDS = {
    "name": "Kiezen welke organisatie een vraag van iemand overneemt (Geen verkeerde deur)",
    "description_short": (
        "Iemand stelt een vraag bij een organisatie die daar niet over gaat. Dit algoritme zoekt in een openbare tabel "
        "welke organisatie dat wel doet. De eerste organisatie blijft volgen tot de persoon geholpen is."
    ),
    "publication_category": "Impactvolle algoritmes",
    "goal": (
        "Het doel is dat niemand zelf hoeft te zoeken naar het goede loket. Een medewerker legt de vraag vast. "
        "Het algoritme kiest wie de vraag overneemt en zegt waarom. Er zijn {topics} onderwerpen en {rules} regels. "
        "De impact is dat een andere organisatie contact opneemt met de persoon. Het algoritme beslist niet of iemand "
        "ergens recht op heeft. Het is geen besluit en er volgt geen maatregel uit. De persoon hoort altijd wie belt "
        "en hoe die te bereiken is. Weet het algoritme het niet, dan kijkt een mens."
    ),
    "proportionality": (
        "Zonder tabel weet een medewerker vaak niet wie er wel over gaat. Dan gaat iemand van loket naar loket. "
        "Er is bewust geen zelflerend model: vaste regels zijn na te lezen, uit te leggen en te verbeteren door wie "
        "de wet kent. Het nadeel is dat een regel fout of oud kan zijn. Daarom staat bij elke regel de bron, en of die "
        "regel daarmee is vergeleken: bij {rules_checked} van de {rules} is dat gebeurd. "
        "Er wordt niet meer gevraagd dan nodig is om te kiezen."
    ),
    "human_intervention": (
        "Een mens kan altijd een andere organisatie kiezen, met een reden. Een organisatie kan een vraag teruggeven en "
        "zeggen wie het wel is; dat komt bij de eigenaar van de tabel. Is een vraag {hops} keer doorgegeven, of past "
        "geen regel, dan kiest een mens: {triage}. Een nieuwe versie van de tabel gaat pas gelden als een ander dan de "
        "maker haar goedkeurt. Vooraf is te zien voor wie er iets verandert. Eigenaar van de tabel: {owner}. "
        "Niet eens met de keuze? Zeg het tegen de organisatie waar de vraag gesteld is. Die volgt de vraag en laat een "
        "mens opnieuw kiezen. Een klacht kan ook; die behandelt de organisatie waar de klacht over gaat, en daarna een "
        "ombudsman. Een bezwaar tegen een besluit gaat naar wie het besluit nam; de dag van de eerste deur telt."
    ),
    "risks": (
        "Verkeerd verwezen: de eerste organisatie blijft volgen, en elke teruggegeven vraag telt mee per regel. "
        "Discriminatie: deze gegevens kunnen geen deel van een vraag of regel zijn: {excluded}. Een tabel met zo'n "
        "gegeven wordt geweigerd. Bij twijfel over een regel kan iedereen dit melden: {oversight}. De eigenaar kan de "
        "regel uitzetten. Digitaal vastlopen: elke organisatie in de tabel heeft een telefoon of balie. "
        "Niet meer na te gaan: elk besluit bewaart de versie van de tabel, de regel, de gegevens en wat is afgevallen, "
        "en is later precies na te rekenen."
    ),
    "lawful_basis": (
        "De plicht om stukken door te sturen naar wie bevoegd is: Algemene wet bestuursrecht, artikel 2:3, en voor "
        "bezwaar en beroep artikel 6:15. Elke regel noemt daarnaast de wet of het beleid waaruit volgt welke "
        "organisatie een taak heeft. Dat zijn er {all_laws}, waaronder: {laws}."
    ),
    "source_data": (
        "Van de vraag: {inputs}. Wel vastgelegd, maar geen enkele regel kijkt ernaar: {idle}. "
        "Niet gebruikt en niet toegestaan: {excluded}. De woorden van de persoon zelf doen niet mee. "
        "Bronnen van de tabel, met het aantal keren: {sources}."
    ),
    "methods_and_models": (
        "Vaste regels, niet zelflerend. Invoer: de gegevens van een vraag. Uitvoer: precies één uitkomst, namelijk een "
        "verantwoordelijke organisatie, eerst één vraag aan de persoon, een maatwerkplek, direct hulp bij gevaar, of "
        "een mens van de triage. De regels van een onderwerp staan op volgorde. De eerste regel die past en waarvan de "
        "organisatie bestaat en de vraag niet teruggaf, beslist. Van de {rules} regels hebben er "
        "{rules_with_condition} een voorwaarde. Er zijn {organisations} organisaties, teams en balies, waaronder "
        "{municipalities} gemeenten, en {questions} vragen die eerst gesteld kunnen worden. Dezelfde vraag geeft op "
        "elk kanaal dezelfde uitkomst. Een zoekhulp stelt onderwerpen voor op grond van woorden die lijken; een mens "
        "of een regel kiest. Versie {version}, gepubliceerd op {date}. Van de {topics} onderwerpen zijn er "
        "{topics_checked} met een bron vergeleken."
    ),
    "provider": "Open source: Geen verkeerde deur",
    "tags": "doorverwijzen, warme overdracht, loket, doorzendplicht, maatwerk, routeringstabel, geen verkeerde deur",
}
