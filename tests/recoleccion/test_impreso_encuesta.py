"""La encuesta en papel: los mismos números que en la pantalla, nada partido entre hojas y los mismos bytes cada vez."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from formularios import condiciones, dibujo
from formularios.instrumento import Instrumento, incluidos
from recoleccion.impresos.encuesta import OPCIONES_EN_PAPEL, PERSONAL, SALIDA, encuesta_pdf

AYUDA = [{"nombre": "Emergencias", "telefono": "911"}, {"nombre": "Línea de las Mujeres", "telefono": "079, opción 1"}]
CARTA, CUATRO = [612, 792], [595.28, 841.89]


def hojas(instrumento: Instrumento, tamano: str = "carta", **extras: Any) -> list[str]:
    pdf = encuesta_pdf(instrumento, oficina="Instituto de la Mujer", tamano=tamano, ayuda=AYUDA, **extras)  # type: ignore[arg-type]
    return [pagina.extract_text() for pagina in PdfReader(BytesIO(pdf)).pages]


def junto(texto: str) -> str:
    return " ".join(texto.split())


def encuesta(preguntas: list[dict[str, Any]], **extras: Any) -> Instrumento:
    general = {"clave": "prueba", "version": 2, "titulo": "Prueba", "intro": "Unas preguntas.", "minutos": 2}
    return Instrumento.de_dict(general | {"preguntas": preguntas} | extras)


def una(clave: str, *opciones: str, **extras: Any) -> dict[str, Any]:
    opciones = opciones or ("Sí", "No")
    pares = [{"clave": f"o{n}", "texto": texto} for n, texto in enumerate(opciones)]
    publicacion = {"publicacion": "no"} if len(opciones) > 12 else {}
    return {"clave": clave, "tipo": "una", "texto": f"¿{clave}?", "opciones": pares} | publicacion | extras


def de(clave: str, tipo: str, **extras: Any) -> dict[str, Any]:
    return {"clave": clave, "tipo": tipo, "texto": f"¿{clave}?"} | extras


COMPLETA = encuesta(
    [
        una("una"),
        una("varias", "Agua", "Luz", "Ninguna") | {"tipo": "varias"},
        una("orden", "Agua", "Luz") | {"tipo": "orden"},
        una("caras", "Bien", "Regular", "Mal", apariencia="caritas"),
        una("escala", "De acuerdo", "En desacuerdo", apariencia="likert"),
        de("aviso", "nota", texto="Ahora, números."),
        de("corto", "rango", inicio="0", fin="10", paso="1"),
        de("largo", "rango", inicio="0", fin="500", paso="1"),
        de("entero", "entero"),
        de("decimal", "decimal"),
        de("fecha", "fecha"),
        de("hora", "hora"),
        de("doble", "calculo", calculo="${entero} * 2"),
        de("escondida", "oculto", omision="secreto"),
        de("dia", "hoy"),
        de("codigo", "codigo"),
        de("lugar", "punto"),
        de("interno", "texto"),
        de("duda", "texto", privada=True, maximo=200, ayuda="No escriba nombres."),
        de("acepto", "acepto"),
        una("cuarto", grupo="casa"),
        de("edad", "entero", grupo="hijos"),
        de("vacuna", "fecha", grupo="vacunas"),
        de("ultima", "entero"),
    ],
    grupos=[
        {"clave": "casa", "texto": "Su casa"},
        {"clave": "hijos", "texto": "Hija o hijo", "repite": True, "minimo": 2},
        {"clave": "vacunas", "texto": "Vacuna", "repite": True, "padre": "hijos", "veces": "1"},
    ],
)


@pytest.mark.parametrize("tamano", ["carta", "a4"])
@pytest.mark.parametrize("clave", ["antes", "despues", "satisfaccion", "reconocer"])
def test_las_cuatro_salen_en_orden_y_con_los_numeros_de_la_pantalla(clave: str, tamano: str):
    instrumento = incluidos()[clave]
    texto = junto(" ".join(hojas(instrumento, tamano)))
    mostrado = instrumento.para_tema("")
    numeros = dibujo.numeros(mostrado, personal=True)  # los de la pantalla donde se captura
    lugar = 0
    for pregunta in mostrado.preguntas:
        numero = numeros.get(pregunta.clave)
        esperado = junto(f"{numero}. {pregunta.texto}" if numero else pregunta.texto)
        lugar = texto.index(esperado, lugar) + len(esperado)
        for opcion in pregunta.opciones:
            lugar = texto.index(opcion.texto, lugar) + len(opcion.texto)
    assert not re.search(rf"\b{len(numeros) + 1}\. ", texto)
    assert ("Su ficha:" in texto) == instrumento.lleva_ficha


def test_el_tema_elige_el_modulo_y_la_huella_es_la_de_la_encuesta_entera():
    antes = incluidos()["antes"]
    texto = junto(" ".join(hojas(antes, tema="igualdad")))
    assert "4. La ley dice que mujeres y hombres tienen los mismos derechos" in texto
    assert "Si no hay golpes" not in texto
    assert f"antes · versión 1 · {antes.huella[:8]}" in texto


def test_no_se_imprimen_ni_el_cierre_ni_las_respuestas_correctas():
    instrumentos = incluidos()
    texto = junto(" ".join(hojas(instrumentos["despues"]) + hojas(instrumentos["reconocer"])))
    assert "Todas son formas de violencia" not in texto
    assert "Se llama violencia económica" not in texto


@pytest.mark.parametrize(("tamano", "medida"), [("carta", CARTA), ("a4", CUATRO)])
def test_la_hoja_mide_lo_que_se_pidio(tamano: str, medida: list[float]):
    pdf = encuesta_pdf(COMPLETA, oficina="O", tamano=tamano)  # type: ignore[arg-type]
    for pagina in PdfReader(BytesIO(pdf)).pages:
        assert [float(n) for n in pagina.mediabox[2:]] == pytest.approx(medida, abs=0.01)


def test_cada_hoja_dice_cual_es_de_cuantas_y_la_ayuda_y_la_salida():
    todas = hojas(COMPLETA)
    assert len(todas) > 1
    for numero, texto in enumerate(map(junto, todas), start=1):
        assert f"Hoja {numero} de {len(todas)}" in texto
        assert f"prueba · versión 2 · {COMPLETA.huella[:8]}" in texto
        assert SALIDA in texto
        assert "Ayuda: Emergencias, 911 · Línea de las Mujeres, 079, opción 1" in texto


def test_los_mismos_datos_dan_los_mismos_bytes():
    dos = [encuesta_pdf(COMPLETA, oficina="O", tamano="carta", ayuda=AYUDA) for _ in range(2)]
    assert dos[0] == dos[1]


def test_hay_de_todos_los_tipos_y_lo_que_nadie_contesta_no_sale():
    texto = junto(" ".join(hojas(COMPLETA)))
    for clave, numero in COMPLETA.numeros.items():
        assert f"{numero}. ¿{clave}?" in texto
    for esperado in (
        "Ahora, números.",
        "Escriba en cada cuadro su lugar",
        "0 1 2 3 4 5 6 7 8 9 10",
        "de 0 a 500",
        "Día ________ Mes ________ Año",
        "Hora ________ : ________",
        "No escriba nombres.",
    ):
        assert esperado in texto
    for ausente in ("doble", "escondida", "secreto", "¿dia?", "nombre:"):
        assert ausente not in texto


def test_un_rango_se_imprime_con_los_numeros_de_la_pantalla():
    medios = encuesta([de("cuanto", "rango", inicio="0.50", fin="3.0", paso="0.5")])
    pieza = dibujo.dibujar(medios).partes[0]
    assert isinstance(pieza, dibujo.Pieza)
    en_pantalla = [opcion.texto for opcion in pieza.opciones]
    assert en_pantalla == ["0.5", "1", "1.5", "2", "2.5", "3"]
    assert " ".join(en_pantalla) in junto(" ".join(hojas(medios)))


def test_lo_del_personal_se_marca_y_lo_demas_no():
    texto = junto(" ".join(hojas(COMPLETA)))
    marcadas = re.findall(rf"{re.escape(PERSONAL)} \d+\. ¿(\w+)\?", texto)
    assert marcadas == ["codigo", "lugar", "interno"]
    assert texto.count(PERSONAL) == 3


def test_lo_que_se_repite_sale_tantas_veces_como_su_minimo_y_por_vueltas():
    texto = junto(" ".join(hojas(COMPLETA)))
    lugares = [texto.index(x) for x in ("Hija o hijo (1)", "Vacuna (1)", "Hija o hijo (2)", "Vacuna (1) ", "¿ultima?")]
    assert lugares[:3] == sorted(lugares[:3])
    assert texto.count("Vacuna (1)") == 2
    assert texto.count("¿edad?") == 2
    assert "Hija o hijo (3)" not in texto
    assert texto.count("Si hay más, use otra hoja.") == 1


@pytest.mark.parametrize(
    ("grupo", "bloques", "hay_mas"),
    [({}, 1, True), ({"minimo": 9}, 3, True), ({"veces": "2"}, 2, False), ({"maximo": 1}, 1, False)],
)
def test_cuantos_bloques_se_imprimen(grupo: dict[str, Any], bloques: int, hay_mas: bool):
    instrumento = encuesta(
        [de("edad", "entero", grupo="h")], grupos=[{"clave": "h", "texto": "H", "repite": True, **grupo}]
    )
    texto = junto(" ".join(hojas(instrumento)))
    assert texto.count("¿edad?") == bloques
    assert ("Si hay más" in texto) == hay_mas


def test_ninguna_pregunta_queda_partida_entre_dos_hojas():
    """Con preguntas de alturas distintas, todo lo de cada una está en la hoja de su número."""
    muchas = [una(f"q{n}", *(f"Opción {n} letra {x}" for x in range(2 + n * 7 % 11))) for n in range(40)]
    instrumento = encuesta(muchas)
    for tamano in ("carta", "a4"):
        paginas = [junto(texto) for texto in hojas(instrumento, tamano)]
        assert len(paginas) > 3
        for pregunta in instrumento.preguntas:
            [donde] = [texto for texto in paginas if f" ¿{pregunta.clave}?" in texto]
            assert all(donde.count(f"{opcion.texto} ") >= 1 for opcion in pregunta.opciones)


def test_el_encabezado_de_un_grupo_no_se_queda_solo_al_pie():
    for cuantas in range(8, 16):
        preguntas = [una(f"q{n}") for n in range(cuantas)] + [una("dentro", grupo="g")]
        instrumento = encuesta(preguntas, grupos=[{"clave": "g", "texto": "Título del grupo"}])
        [con_titulo] = [texto for texto in hojas(instrumento) if "Título del grupo" in texto]
        assert "¿dentro?" in con_titulo


def test_una_lista_larguisima_se_escribe_en_vez_de_imprimirse():
    larga = una("rancho", *(f"Rancho {n}" for n in range(OPCIONES_EN_PAPEL + 1)))
    [texto] = hojas(encuesta([larga]))
    assert "Escriba cuál:" in texto
    assert "Rancho 3" not in texto


@pytest.mark.parametrize("que", ["texto", "opcion", "intro", "ayuda", "nota", "grupo"])
def test_un_texto_enorme_o_raro_no_la_rompe(que: str):
    enorme = "<b>Ñandú & 🌸 compañía</b> " * 220
    pregunta = una("q", "Sí", enorme if que == "opcion" else "No", grupo="g") | {
        "ayuda": enorme if que == "ayuda" else "x"
    }
    pregunta |= {"texto": enorme} if que == "texto" else {}
    nota = de("n", "nota", texto=enorme if que == "nota" else "x", grupo="g")
    grupos = [{"clave": "g", "texto": enorme.strip() if que == "grupo" else "G"}]
    limpias = [{k: v.strip() if isinstance(v, str) else v for k, v in p.items()} for p in (nota, pregunta)]
    for opcion in limpias[1]["opciones"]:
        opcion["texto"] = opcion["texto"].strip()
    instrumento = encuesta(limpias, grupos=grupos, intro=enorme.strip() if que == "intro" else "x")
    texto = junto(" ".join(hojas(instrumento)))
    assert "<b>Ñandú & compañía</b> <b>Ñandú & compañía</b>" in texto


def test_lo_que_hay_que_contestar_se_dice():
    texto = junto(hojas(encuesta([una("q", obligatoria=True), una("r")]))[0])
    assert "1. ¿q? Hay que contestarla." in texto
    assert texto.count("Hay que contestarla.") == 1


def test_una_condicion_se_dice_antes_de_la_pregunta():
    instrumento = encuesta([una("q"), de("cuantos", "entero", relevante="${q} = 'o0'")])
    texto = junto(hojas(instrumento)[0])
    dicha = condiciones.frase(instrumento, "${q} = 'o0'", instrumento.numeros)
    assert f"{dicha} 2. ¿cuantos?" in texto
    assert f"{dicha} 1. ¿q?" not in texto


def test_en_otro_idioma_salen_sus_textos():
    traducida = una("q") | {"traducciones": {"English (en)": {"texto": "Do you agree?"}}}
    instrumento = encuesta([traducida], idioma="Español (es)", idiomas=["English (en)"])
    ingles = junto(hojas(instrumento, idioma="English (en)")[0])
    assert "1. Do you agree?" in ingles
    assert "It takes 2 minutes." in ingles
    assert "1. ¿q?" in junto(hojas(instrumento)[0])
