"""The hospitals of Mato Grosso in the scenario, and the buildings of its programme."""

from __future__ import annotations

from redesaude.drafting.hospitals import Hospital, NewBuild

_BIRTH = ("gestacao_risco", "uti_neonatal")
#: by which a hospital under works opens, as supposed
_FRONT = ("trauma",)
HOSPITALS = (
    # Norte
    Hospital("2471345", "Hospital Regional de Alta Floresta Albert Sabin", "public"),
    Hospital("3913899", "Hospital e Maternidade Santa Rita (Alta Floresta)", "private"),
    Hospital("2392410", "Hospital Regional de Colíder", "public"),
    Hospital("2795655", "Hospital Regional de Sorriso", "public"),
    Hospital("2795671", "Hospital Santo Antônio (Sinop)", "philanthropic"),
    Hospital("6085423", "Hospital Regional Jorge de Abreu (Sinop)", "public"),
    Hospital("2767953", "Hospital São Lucas (Lucas do Rio Verde)", "philanthropic"),
    Hospital("0901725", "Hospital Regional Hilda Strenger Ribeiro (Nova Mutum)", "public"),
    Hospital("2699842", "Hospital Regional de Peixoto de Azevedo", "public"),
    Hospital("2392046", "Hospital Municipal Nossa Senhora do Rosário (Guarantã do Norte)", "public"),
    Hospital("2392704", "Hospital Municipal Elídia Machietto Santillo (Juara)", "public"),
    # Centro-Norte
    Hospital("9209352", "Hospital Municipal de Cuiabá Dr. Leony Palma de Carvalho", "public"),
    Hospital("2659107", "Hospital Geral (Cuiabá)", "philanthropic"),
    Hospital("2391635", "Hospital e Pronto-Socorro Municipal de Várzea Grande", "public"),
    Hospital("6853781", "Hospital Estadual Lousite Ferreira da Silva - Metropolitano (Várzea Grande)", "public"),
    Hospital("2495015", "Hospital e Pronto-Socorro Municipal de Cuiabá", "public"),
    Hospital("9841903", "Hospital Estadual Santa Casa (Cuiabá)", "public"),
    Hospital("2311682", "Hospital Santa Helena (Cuiabá)", "philanthropic"),
    Hospital(
        "2655411",
        "Hospital Universitário Júlio Müller (Cuiabá)",
        "public",
        only=(*_BIRTH, "dialise", "urologia"),
        contracts=("direto",),
        owner="federal",
    ),
    Hospital("7349270", "Hospital Municipal São Benedito (Cuiabá)", "public"),
    Hospital(
        "2534444", "Hospital de Câncer de Mato Grosso (Cuiabá)", "philanthropic", only=("quimioterapia", "radioterapia")
    ),
    Hospital("2391449", "Hospital Geral de Poconé Dr. Nicolau Fontanilas Fragelli", "philanthropic"),
    Hospital("2398125", "Hospital e Maternidade São João Batista (Diamantino)", "philanthropic"),
    Hospital("2802473", "Hospital e Maternidade Laura de Vicuña (Nobres)", "philanthropic"),
    Hospital("2767384", "Hospital Municipal Arlete Daisy Cichetti de Brito (Tangará da Serra)", "public"),
    Hospital("2655802", "Hospital Municipal Euclides Horst (Campo Novo do Parecis)", "public"),
    Hospital("9659366", "Hospital Santa Marcelina de Sapezal", "philanthropic"),
    Hospital("4069803", "Hospital Municipal de Juína Dr. Hideo Sakuno", "public"),
    Hospital("4069099", "Hospital Municipal Santo Antônio (Aripuanã)", "public"),
    Hospital("2471795", "Hospital Municipal de Brasnorte", "public"),
    Hospital("3574261", "Hospital Municipal André Maggi (Colniza)", "public"),
    # Leste
    Hospital("2793636", "Hospital Municipal de Confresa", "public"),
    Hospital("7914288", "Hospital Municipal de Vila Rica", "public"),
    Hospital("2395886", "Hospital e Pronto-Socorro Municipal Milton Pessoa Morbeck (Barra do Garças)", "public"),
    Hospital("2473046", "Hospital Regional de Água Boa", "public"),
    Hospital("2472791", "Hospital Municipal Cristo Rei (Ribeirão Cascalheira)", "public"),
    Hospital("4070070", "Hospital Municipal de Querência", "public"),
    Hospital("2604426", "Hospital Municipal Prefeito João Abreu Luz (São Félix do Araguaia)", "public"),
    # Oeste
    Hospital("2534460", "Hospital Regional Dr. Antônio Fontes (Cáceres)", "public"),
    Hospital("2395037", "Hospital São Luiz, anexo do Regional (Cáceres)", "public", owner="state"),
    Hospital("7254628", "Hospital Samuel Greve (Mirassol d'Oeste)", "public", owner="municipal"),
    Hospital("2752654", "Hospital Vale do Guaporé (Pontes e Lacerda)", "private"),
    Hospital("2752603", "Hospital Evangélico de Mato Grosso (Vila Bela da Santíssima Trindade)", "philanthropic"),
    Hospital("2395274", "Hospital das Clínicas de Comodoro", "private"),
    # Sul
    Hospital("2396866", "Santa Casa de Rondonópolis", "philanthropic"),
    Hospital("2604434", "Hospital Regional Irmã Elza Giovanella (Rondonópolis)", "public"),
    Hospital("2396106", "Hospital Municipal Coração de Jesus (Campo Verde)", "public"),
    Hospital("2397463", "Hospital e Maternidade São Lucas (Primavera do Leste)", "private"),
    Hospital("2397676", "Hospital das Clínicas Primavera (Primavera do Leste)", "private"),
    Hospital("3269728", "Hospital Municipal de Jaciara", "public"),
    Hospital("2396998", "Hospital Municipal de Alto Araguaia", "public"),
    Hospital("2390949", "Hospital Municipal Irmã Teodora (Paranatinga)", "public"),
)

NEW_BUILDS = (
    NewBuild("Cuiabá", "Hospital Central de Cuiabá", "ready", "all", "-HC", stands=True),
    NewBuild(
        "Cuiabá",
        "Novo Hospital Universitário Júlio Müller (obra federal e do Estado)",
        "university",
        "federal",
        "-HUJM",
        opens=("gestacao_risco", "uti_neonatal"),
    ),
    NewBuild(
        "Alta Floresta", "Novo Hospital Regional de Alta Floresta (obra do Estado)", "regional", "works", opens=_FRONT
    ),
    NewBuild("Juína", "Novo Hospital Regional de Juína (obra do Estado)", "regional", "works", opens=_FRONT),
    NewBuild("Confresa", "Novo Hospital Regional de Confresa (obra do Estado)", "regional", "works", opens=_FRONT),
    NewBuild(
        "Tangará da Serra",
        "Novo Hospital Regional de Tangará da Serra (obra do Estado)",
        "regional",
        "works",
        opens=_FRONT,
    ),
    NewBuild("Sinop", "Novo hospital em Sinop (opção)", "central"),
    NewBuild("Barra do Garças", "Novo hospital em Barra do Garças (opção)", "regional"),
    NewBuild("Diamantino", "Novo centro de especialidades em Diamantino (opção)", "local"),
    NewBuild("São Félix do Araguaia", "Novo centro de especialidades em São Félix do Araguaia (opção)", "local"),
    NewBuild("Juara", "Novo centro de especialidades em Juara (opção)", "local"),
)
