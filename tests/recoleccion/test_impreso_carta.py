"""La carta descriptiva en papel."""

from io import BytesIO

from pypdf import PdfReader

from recoleccion.impresos.carta import carta_pdf

CARTA = {
    "objetivo": "Que sepan <a dónde> llamar & cuándo.",
    "publico": "Mujeres",
    "materiales": "Lona",
    "momentos": [
        {"momento": "Bienvenida", "actividad": "Ronda", "minutos": 15},
        {"momento": "Cierre", "actividad": "Despedida", "minutos": None},
    ],
}
DATOS = [("Tema", "Igualdad"), ("Sede", "Casa de la Cultura"), ("Facilita", "Elena")]


def _hojas(carta: dict, **cambios) -> list[str]:
    contenido = carta_pdf(**{"oficina": "CE-MUJER", "titulo": "Taller", "datos": DATOS, "carta": carta} | cambios)
    return [" ".join(hoja.extract_text().split()) for hoja in PdfReader(BytesIO(contenido)).pages]


def test_dice_todo_lo_escrito_y_lo_que_suman_los_minutos():
    (hoja,) = _hojas(CARTA, leyenda="Programa público.")
    for texto in (
        "CE-MUJER", "Carta descriptiva Taller", "Que sepan <a dónde> llamar & cuándo.", "Ronda 15", "Lona",
        "Despedida En total 15", "Casa de la Cultura", "Programa público.", "Hoja 1 de 1",
    ):  # fmt: skip
        assert texto in hoja


def test_sin_escribir_sale_en_blanco_y_larga_sigue_en_otra_hoja():
    (vacia,) = _hojas({})
    assert "Minutos" in vacia
    muchos = [{"momento": f"M{n}", "actividad": "Larga explicación. " * 30, "minutos": 5} for n in range(30)]
    hojas = _hojas(CARTA | {"momentos": muchos})
    assert len(hojas) > 3
    assert all(f"Hoja {n} de {len(hojas)}" in hoja for n, hoja in enumerate(hojas, 1))
    assert sum("Momento Actividad Minutos" in hoja for hoja in hojas) >= 3


def test_un_renglon_mas_alto_que_la_hoja_se_parte():
    renglones = "\n".join("a" * 1 for _ in range(300))
    raros = [{"momento": "M" * 80, "actividad": renglones, "minutos": 5}, {"momento": "", "actividad": "x" * 600}]
    assert len(_hojas({"objetivo": "\n".join("b" * 500), "materiales": "m" * 1000, "momentos": raros})) > 6


def test_los_mismos_datos_dan_los_mismos_bytes():
    datos = {"oficina": "O", "titulo": "T", "datos": DATOS, "carta": CARTA}
    assert carta_pdf(**datos) == carta_pdf(**datos)
