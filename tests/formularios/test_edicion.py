"""Editar una encuesta: qué conserva su clave, qué la cambia, y qué falta para guardarla."""

from typing import Any

import pytest

from formularios import edicion
from formularios.edicion import Borrador, Condicion, Condiciones
from formularios.edicion.operaciones import CARITAS
from formularios.instrumento import Instrumento, incluidos


def vacia() -> Borrador:
    return edicion.nuevo("Sobre la feria", ())


def con(*preguntas: tuple[str, ...]) -> Borrador:
    """Cada pregunta: su tipo y sus opciones."""
    borrador = vacia()
    for tipo, *opciones in preguntas:
        borrador = edicion.agregar(borrador, tipo=tipo, texto="¿Qué?", opciones=opciones)
    return borrador


def una(borrador: Borrador, clave: str) -> dict[str, Any]:
    hallada: dict[str, Any] = next(p for p in borrador["modelo"]["preguntas"] if p["clave"] == clave)
    return hallada


def claves(borrador: Borrador) -> list[str]:
    return [p["clave"] for p in borrador["modelo"]["preguntas"]]


def opciones(borrador: Borrador, clave: str = "P1") -> list[str]:
    return [o["clave"] for o in una(borrador, clave)["opciones"]]


def frases(borrador: Borrador) -> list[tuple[str, str]]:
    return [(p.pregunta, p.frase) for p in edicion.problemas(borrador)]


def guardada(borrador: Borrador) -> Borrador:
    """El borrador de la versión que sigue a la de éste."""
    return edicion.de_versiones([edicion.instrumento(borrador)])


# --- Claves ------------------------------------------------------------------------------------------------------


def test_la_clave_de_la_encuesta_sale_del_titulo_y_no_choca():
    assert vacia()["modelo"]["clave"] == "sobre_la_feria"
    assert edicion.nuevo("Sobre la feria", ("sobre_la_feria",))["modelo"]["clave"] == "sobre_la_feria_2"
    assert edicion.nuevo("¿?", ())["modelo"]["clave"] == "encuesta"
    assert edicion.nuevo("8 de marzo", ())["modelo"]["clave"] == "de_marzo"
    assert len(edicion.nuevo("muy largo " * 20, ())["modelo"]["clave"]) <= 40


def test_ninguna_clave_se_vuelve_a_usar():
    borrador = edicion.quitar(con(("entero",), ("fecha",)), "P2")
    assert claves(edicion.agregar(borrador, tipo="entero", texto="¿?")) == ["P1", "P3"]
    borrador = con(("una", "Sí", "No"))
    borrador = edicion.agregar_opciones(edicion.quitar_opcion(borrador, "P1", "si"), "P1", ["Sí"])
    assert opciones(borrador) == ["no", "si_2"]


def test_lo_quitado_en_otra_version_tampoco_deja_su_clave():
    primera = edicion.instrumento(con(("una", "Sí", "No"), ("entero",)))
    sin = edicion.quitar_opcion(edicion.quitar(guardada(con(("una", "Sí", "No"), ("entero",))), "P2"), "P1", "si")
    tercera = edicion.de_versiones([primera, edicion.instrumento(sin)])
    tercera = edicion.agregar(edicion.agregar_opciones(tercera, "P1", ["Sí"]), tipo="entero", texto="¿?")
    assert claves(tercera) == ["P1", "P3"]
    assert opciones(tercera) == ["no", "si_2"]
    assert tercera["version"] == 2


def test_corregir_el_texto_conserva_las_claves():
    borrador = edicion.cambiar(guardada(con(("una", "Sí", "No"))), "P1", {"texto": "¿Vino?"})
    borrador = edicion.cambiar_opcion(borrador, "P1", "si", texto="Sí, sola", exclusiva=False)
    segunda = edicion.instrumento(borrador)
    assert segunda.version == 2
    assert segunda.por_clave["P1"].texto == "¿Vino?"
    assert [(o.clave, o.texto) for o in segunda.por_clave["P1"].opciones] == [("si", "Sí, sola"), ("no", "No")]


def test_contestarla_de_otra_forma_es_otra_pregunta_y_quien_la_miraba_la_sigue():
    borrador = edicion.mostrar_si(guardada(con(("entero",), ("entero",))), "P2", Condicion("P1", "mayor", "2"))
    cambiado = edicion.cambiar(borrador, "P1", {"tipo": "fecha"})
    assert claves(cambiado) == ["P3", "P2"]
    assert una(cambiado, "P2")["relevante"] == "${P3} > 2"
    assert [clave for clave, _ in frases(cambiado)] == ["P2"]
    de_regreso = edicion.cambiar(cambiado, "P3", {"tipo": "decimal"})
    assert claves(de_regreso) == ["P1", "P2"]
    assert frases(de_regreso) == []


def test_antes_de_guardarla_puede_cambiar_de_forma_sin_cambiar_de_clave():
    borrador = con(("una", "Sí", "No"))
    cambiado = edicion.cambiar(borrador, "P1", {"tipo": "texto"})
    assert claves(cambiado) == ["P1"]
    assert edicion.instrumento(cambiado).por_clave["P1"].opciones == ()
    assert opciones(edicion.cambiar(cambiado, "P1", {"tipo": "varias"})) == ["si", "no"]  # lo escrito no se perdió


def test_de_una_opcion_a_caritas_se_puede_comparar():
    assert claves(edicion.cambiar(guardada(con(("una", "Sí", "No"))), "P1", {"tipo": "caritas"})) == ["P1"]
    assert edicion.instrumento(con(("caritas",))).por_clave["P1"].apariencia == "caritas"
    assert [o.texto for o in edicion.instrumento(con(("caritas",))).por_clave["P1"].opciones] == list(CARITAS)


# --- Orden -------------------------------------------------------------------------------------------------------

CON_GRUPO = Instrumento.de_dict(
    {
        "clave": "g", "version": 1, "titulo": "G", "intro": "", "minutos": 1,
        "grupos": [{"clave": "casa", "texto": "Su casa", "repite": True}, {"clave": "cuarto", "padre": "casa"}],
        "preguntas": [
            {"clave": "a", "tipo": "entero", "texto": "¿a?"},
            {"clave": "b", "tipo": "entero", "texto": "¿b?", "grupo": "casa"},
            {"clave": "c", "tipo": "entero", "texto": "¿c?", "grupo": "cuarto"},
            {"clave": "d", "tipo": "entero", "texto": "¿d?", "grupo": "casa"},
            {"clave": "e", "tipo": "entero", "texto": "¿e?", "relevante": "${a} > 1 and ${a} <= 9"},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("clave", "pasos", "orden"),
    [
        ("a", 1, "bcdae"),  # se brinca el grupo entero
        ("e", -1, "aebcd"),
        ("b", 1, "acbde"),  # dentro de su grupo, se brinca el de adentro
        ("d", -1, "abdce"),
        ("b", -1, "abcde"),  # no se sale de su grupo
        ("c", 1, "abcde"),
        ("a", -1, "abcde"),
        ("e", 1, "abcde"),
        ("zzz", 1, "abcde"),
        ("a", 7, "abcde"),
    ],
)
def test_mover_respeta_los_grupos(clave: str, pasos: int, orden: str):
    movido = edicion.mover(edicion.de_versiones([CON_GRUPO]), clave, pasos)
    assert "".join(claves(movido)) == orden
    assert frases(movido) == []


def test_quitar_todo_un_grupo_lo_quita_y_deshacer_lo_regresa_a_su_lugar():
    borrador = edicion.de_versiones([CON_GRUPO])
    for clave in "bcd":
        borrador = edicion.quitar(borrador, clave)
    assert edicion.instrumento(borrador).grupos == ()
    for _ in range(3):
        borrador = edicion.deshacer(borrador)
    assert edicion.instrumento(borrador).a_dict() == CON_GRUPO.a_dict() | {"version": 2}
    assert edicion.ultima_quitada(borrador) is None


def test_deshacer_regresa_tambien_opciones_y_empieza_por_lo_ultimo():
    borrador = con(("una", "Sí", "No"), ("entero",))
    borrador = edicion.quitar(edicion.quitar_opcion(borrador, "P1", "si"), "P2")
    assert edicion.ultima_quitada(borrador) == "¿Qué?"
    borrador = edicion.deshacer(borrador)
    assert edicion.ultima_quitada(borrador) == "Sí"
    assert opciones(edicion.deshacer(borrador)) == ["si", "no"]


def test_deshacer_una_opcion_de_una_pregunta_que_ya_no_esta_no_hace_nada_raro():
    borrador = edicion.quitar_opcion(con(("una", "Sí", "No")), "P1", "si")
    borrador["modelo"]["preguntas"].clear()
    assert edicion.deshacer(borrador)["modelo"]["preguntas"] == []


def test_la_copia_tiene_su_clave_y_no_repite_lo_demografico():
    borrador = edicion.duplicar(edicion.de_versiones([incluidos()["antes"]]), "D1")
    assert claves(borrador)[:2] == ["D1", "P1"]
    assert "demografica" not in una(borrador, "P1")
    assert frases(borrador) == []


# --- Condiciones -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tipo", "condicion", "expresion"),
    [
        ("una", Condicion("P1", "es", "si"), "${P1} = 'si'"),
        ("una", Condicion("P1", "no_es", "si"), "${P1} != 'si'"),
        ("varias", Condicion("P1", "incluye", "si"), "selected(${P1}, 'si')"),
        ("varias", Condicion("P1", "no_incluye", "si"), "not(selected(${P1}, 'si'))"),
        ("entero", Condicion("P1", "mayor", "2"), "${P1} > 2"),
        ("rango", Condicion("P1", "menor", "7.5"), "${P1} < 7.5"),
        ("decimal", Condicion("P1", "igual", "-1"), "${P1} = -1"),
        ("acepto", Condicion("P1", "es", "OK"), "${P1} = 'OK'"),
    ],
)
def test_cada_condicion_se_escribe_se_lee_y_vale(tipo: str, condicion: Condicion, expresion: str):
    borrador = con((tipo, *(("Sí", "No") if tipo in ("una", "varias") else ())), ("entero",))
    borrador = edicion.mostrar_si(borrador, "P2", condicion)
    assert una(borrador, "P2")["relevante"] == expresion
    assert edicion.condiciones_de(borrador, una(borrador, "P2")) == Condiciones((condicion,))
    assert frases(borrador) == []
    otra = guardada(borrador)
    assert edicion.condiciones_de(otra, una(otra, "P2")) == Condiciones((condicion,))
    assert "relevante" not in una(edicion.mostrar_si(otra, "P2"), "P2")


@pytest.mark.parametrize(
    "condicion",
    [Condicion("P1", "mayor", "dos"), Condicion("P1", "es", ""), Condicion("P1", "vuela", "1"),
     Condicion("", "es", "x"), Condicion("P1", "es", "'\""), Condicion("P1", "es", "x and y")],
)  # fmt: skip
def test_una_condicion_que_no_se_puede_escribir_no_cambia_nada(condicion: Condicion):
    borrador = con(("entero",), ("entero",))
    assert edicion.mostrar_si(borrador, "P2", condicion) is borrador
    assert edicion.mostrar_si(borrador, "P2", Condicion("P1", "mayor", "1"), condicion) is borrador


VINO, VARIAS, SOLA = Condicion("P1", "es", "si"), Condicion("P2", "mayor", "2"), Condicion("P3", "no_incluye", "nada")


@pytest.mark.parametrize(
    ("condiciones", "todas", "expresion"),
    [
        ((VINO, VARIAS), True, "${P1} = 'si' and ${P2} > 2"),
        ((VINO, VARIAS), False, "${P1} = 'si' or ${P2} > 2"),
        (
            (VINO, VARIAS, SOLA, VINO),
            True,
            "${P1} = 'si' and ${P2} > 2 and not(selected(${P3}, 'nada')) and ${P1} = 'si'",
        ),
    ],
)
def test_varias_condiciones_se_escriben_se_leen_y_valen(
    condiciones: tuple[Condicion, ...], todas: bool, expresion: str
):
    borrador = con(("una", "Sí", "No"), ("entero",), ("varias", "Todo", "Nada"), ("fecha",))
    borrador = edicion.mostrar_si(borrador, "P4", *condiciones, todas=todas)
    assert una(borrador, "P4")["relevante"] == expresion
    assert frases(borrador) == []
    otra = guardada(borrador)
    assert edicion.condiciones_de(otra, una(otra, "P4")) == Condiciones(condiciones, todas)
    assert not edicion.es_de_la_hoja(otra, una(otra, "P4"))


def test_mas_de_cuatro_condiciones_no_caben():
    borrador = con(("una", "Sí", "No"), ("entero",))
    assert edicion.mostrar_si(borrador, "P2", *[VINO] * 5) is borrador


@pytest.mark.parametrize(
    "expresion",
    [
        "${a} > 1 and ${a} < 9 or ${a} = 5",  # mezcla
        "${a} > 1 and (${a} < 9 or ${a} = 5)",
        " and ".join(["${a} > 1"] * 5),
        "${a} > 1 and ${a} < 9 and count(${b}) = 2",
        "${a} > 1  and ${a} < 9",  # vale lo mismo, y se deja letra por letra
        "${a} > 1 and ${zzz} < 9",
    ],
)
def test_las_que_aqui_no_se_dicen_se_quedan_como_estan(expresion: str):
    crudo = CON_GRUPO.a_dict()
    crudo["preguntas"][-1]["relevante"] = expresion
    borrador = edicion.de_versiones([Instrumento.sin_revisar(crudo)])
    assert edicion.es_de_la_hoja(borrador, una(borrador, "e"))
    assert edicion.condiciones_de(borrador, una(borrador, "e")) == Condiciones()
    assert edicion.mostrar_si(borrador, "e", Condicion("a", "mayor", "1")) is borrador
    assert edicion.modelo(borrador)["preguntas"][-1]["relevante"] == expresion


def test_de_varias_condiciones_se_dice_lo_que_le_falta_a_cada_una():
    borrador = con(("una", "Sí", "No"), ("entero",), ("fecha",))
    borrador = edicion.mostrar_si(borrador, "P3", Condicion("P1", "es", "si"), Condicion("P2", "mayor", "2"))
    sin = edicion.quitar_opcion(edicion.cambiar(borrador, "P2", {"tipo": "fecha"}), "P1", "si")
    assert [("opción que ya no está" in f, "ya no lo pide" in f) for _, f in frases(sin)] == [
        (True, False),
        (False, True),
    ]
    ninguna = edicion.quitar(edicion.quitar(borrador, "P1"), "P2")
    assert frases(ninguna) == [("P3", "Se muestra según una pregunta que ya no está. Cambie cuándo se muestra.")]


def test_pedir_dos_respuestas_a_lo_mismo_se_avisa_porque_nunca_se_mostraria():
    def avisa(*condiciones: Condicion, todas: bool) -> bool:
        borrador = con(("una", "Sí", "No"), ("varias", "Sí", "No"), ("entero",))
        borrador = edicion.mostrar_si(borrador, "P3", *condiciones, todas=todas)
        return any("Nunca se muestra" in aviso.frase for aviso in edicion.avisos(borrador))

    si, no = Condicion("P1", "es", "si"), Condicion("P1", "es", "no")
    assert avisa(si, no, todas=True)
    assert not avisa(si, no, todas=False)
    assert not avisa(si, si, todas=True)
    assert not avisa(Condicion("P2", "incluye", "si"), Condicion("P2", "incluye", "no"), todas=True)


def test_lo_que_mira_y_ya_no_esta_se_dice_en_quien_mira():
    borrador = edicion.mostrar_si(con(("una", "Sí", "No"), ("entero",)), "P2", Condicion("P1", "es", "si"))
    [(clave, frase)] = frases(edicion.quitar(borrador, "P1"))
    assert (clave, "ya no está" in frase) == ("P2", True)
    [(clave, frase)] = frases(edicion.quitar_opcion(borrador, "P1", "si"))
    assert (clave, "opción que ya no está" in frase) == ("P2", True)
    despues = edicion.avisos(edicion.mover(borrador, "P2", -1))
    assert any("va después" in aviso.frase for aviso in despues if aviso.pregunta == "P2")
    misma = edicion.mostrar_si(borrador, "P2", Condicion("P2", "mayor", "1"))
    assert frases(misma) == [("P2", "Se muestra según ella misma. Cambie cuándo se muestra.")]


def test_una_condicion_de_la_hoja_de_calculo_no_se_toca():
    borrador = edicion.de_versiones([CON_GRUPO])
    assert edicion.condiciones_de(borrador, una(borrador, "e")) == Condiciones()
    assert edicion.mostrar_si(borrador, "e") is borrador
    assert edicion.es_de_la_hoja(edicion.duplicar(borrador, "e"), {"clave": "P1", "relevante": "x"})


def test_solo_se_ofrecen_las_de_antes_que_no_se_repiten_aparte():
    borrador = edicion.de_versiones([CON_GRUPO])
    assert [p["clave"] for p in edicion.candidatas(borrador, "e")] == ["a"]
    assert [p["clave"] for p in edicion.candidatas(borrador, "d")] == ["a", "b", "c"]
    assert edicion.candidatas(borrador, "a") == []


# --- Lo que falta ------------------------------------------------------------------------------------------------


def test_lo_que_falta_se_dice_con_que_hacer():
    assert frases(vacia()) == [("", "Agregue la primera pregunta.")]
    borrador = con(("una",), ("varias", "Sí"), ("rango",))
    borrador = edicion.cambiar_opcion(borrador, "P2", "si", texto=" ", exclusiva=False)
    borrador = edicion.cambiar(borrador, "P3", {"texto": "", "inicio": "10", "fin": "0"})
    borrador = edicion.portada(borrador, titulo=" ", intro="", minutos=2)
    assert frases(borrador) == [
        ("", "Falta el título."),
        ("P1", "Escriba sus opciones."),
        ("P2", "Hay una opción sin texto: escríbalo o quítela."),
        ("P3", "Escriba la pregunta."),
        ("P3", "Revise los números: el primero menor que el segundo, y de cuánto en cuánto mayor que cero."),
    ]


def test_con_muchas_opciones_no_se_publica():
    borrador = con(("una", *(f"Opción {n}" for n in range(13))))
    assert frases(borrador) == []
    assert "no se puede publicar" in frases(edicion.cambiar(borrador, "P1", {"publicacion": "si"}))[0][1]


@pytest.mark.parametrize("enorme", ["9e999999", "-9e999999", "1e-999999", "9" * 5000])
@pytest.mark.parametrize("campo", ["inicio", "fin", "paso"])
def test_un_numero_que_no_cabe_en_la_cuenta_se_dice(campo: str, enorme: str):
    borrador = edicion.cambiar(con(("rango",)), "P1", {"inicio": "-9e999999", campo: enorme})
    assert [clave for clave, _ in frases(borrador)] == ["P1"]


def test_los_numeros_de_un_rango_se_escriben_como_se_guardan():
    borrador = edicion.cambiar(con(("rango",)), "P1", {"inicio": " 0.50 ", "fin": "3,0", "paso": "0,5"})
    rango = edicion.instrumento(borrador).por_clave["P1"]
    assert (rango.inicio, rango.fin, rango.paso) == ("0.5", "3", "0.5")


def test_lo_que_solo_hace_la_hoja_de_calculo_no_se_cambia_aqui():
    borrador = edicion.de_versiones([incluidos()["despues"]])
    for clave in ("K1", "D1"):
        assert edicion.cambiar(borrador, clave, {"tipo": "entero"}) == borrador
        assert edicion.quitar_opcion(borrador, clave, opciones(borrador, clave)[0]) is borrador
        assert edicion.agregar_opciones(borrador, clave, ["Otra"]) is borrador
    assert edicion.fijas(una(borrador, "K1"))[0] == "cuál es la respuesta correcta"
    assert edicion.fijas(una(borrador, "C1")) == []


def test_la_traduccion_de_lo_que_se_borro_no_se_guarda():
    original = Instrumento.de_dict(
        {
            "clave": "t", "version": 1, "titulo": "T", "intro": "", "minutos": 1,
            "idioma": "Español (es)", "idiomas": ["English (en)"],
            "preguntas": [
                {"clave": "a", "tipo": "entero", "texto": "¿a?", "ayuda": "Aquí.",
                 "traducciones": {"English (en)": {"texto": "a?", "ayuda": "Here."}}},
            ],
        }
    )  # fmt: skip
    borrador = edicion.cambiar(edicion.de_versiones([original]), "a", {"ayuda": ""})
    assert edicion.instrumento(borrador).por_clave["a"].traducciones == {"English (en)": {"texto": "a?"}}


def test_si_se_guardo_otra_version_por_otro_lado_lo_de_aqui_no_usa_sus_claves():
    base = con(("entero",))
    aqui = edicion.agregar(guardada(base), tipo="entero", texto="¿De aquí?")
    aqui = edicion.mostrar_si(edicion.agregar(aqui, tipo="fecha", texto="¿?"), "P3", Condicion("P2", "mayor", "1"))
    alla = edicion.instrumento(edicion.agregar(guardada(base), tipo="fecha", texto="¿De allá?"))
    puesto = edicion.al_dia(aqui, [edicion.instrumento(base), alla])
    assert claves(puesto) == ["P1", "P4", "P3"]
    assert una(puesto, "P3")["relevante"] == "${P4} > 1"
    assert edicion.instrumento(puesto).version == 3
    assert edicion.al_dia(puesto, [alla]) is puesto
