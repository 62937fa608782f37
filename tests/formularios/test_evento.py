"""El formulario de un evento."""

import pytest

from formularios.campos import Datos, primeros_errores
from formularios.catalogos import INICIALES, cargar, leer_lineas_poa
from formularios.evento import formulario_evento
from formularios.instrumento import incluidos

Formulario = formulario_evento(cargar(INICIALES), leer_lineas_poa(INICIALES, 2026), incluidos())
BUENO = {
    "titulo": ["Plática en la plaza"],
    "tipo": ["platica"],
    "tema": ["igualdad"],
    "fecha": ["2026-11-25"],
    "hora_inicio": ["17:00"],
    "hora_fin": ["18:30"],
    "sede": ["Casa de la Cultura"],
    "localidad": ["valle_de_guadalupe"],
    "zona": ["cabecera"],
    "programa": ["prevencion"],
    "efemeride": ["25n"],
    "lineas": ["M4", "A8"],
    "encuestas": ["antes", "despues"],
    "pide_nombre": ["y"],
}


def _errores(**cambios: str) -> dict[str, str]:
    lleno = Formulario(Datos(BUENO | {nombre: [valor] for nombre, valor in cambios.items()}))
    assert lleno.validate() == (not lleno.errors)
    return primeros_errores(lleno)


def test_un_evento_bien_lleno_sale_listo_para_guardar() -> None:
    lleno = Formulario(Datos(BUENO))
    assert lleno.validate()
    assert lleno.a_dict() == {
        "titulo": "Plática en la plaza",
        "tipo": "platica",
        "tema": "igualdad",
        "fecha": "2026-11-25",
        "hora_inicio": "17:00",
        "hora_fin": "18:30",
        "sede": "Casa de la Cultura",
        "localidad": "valle_de_guadalupe",
        "zona": "cabecera",
        "programa": "prevencion",
        "efemeride": "25n",
        "lineas": ["M4", "A8"],
        "encuestas": [
            {"instrumento": "antes", "por_pantalla": False},
            {"instrumento": "despues", "por_pantalla": False},
        ],
        "pide_nombre": True,
        "pide_telefono": False,
        "pide_procedencia": False,
        "autorizacion_escolar": False,
        "facilitadora": None,
        "avisa_fotos": False,
    }


def _encuestas(**cambios: list[str]) -> list[tuple[str, bool]]:
    lleno = Formulario(Datos(BUENO | cambios))
    assert lleno.validate()
    return [(e["instrumento"], e["por_pantalla"]) for e in lleno.a_dict()["encuestas"]]


def test_las_encuestas_van_en_el_orden_que_se_diga_y_cada_una_a_su_modo() -> None:
    tres = ["antes", "despues", "satisfaccion"]
    orden = ["antes 3", "despues 1", "satisfaccion 2", "reconocer 4"]
    assert _encuestas(encuestas=tres, orden=orden, por_pantalla=["antes"]) == [
        ("despues", False),
        ("satisfaccion", False),
        ("antes", True),
    ]
    assert _encuestas(encuestas=tres, orden=["antes 2", "despues 2", "satisfaccion 1"])[0][0] == "satisfaccion"
    assert [c for c, _ in _encuestas(encuestas=tres, orden=["basura", "antes -1", "x 1", "antes"])] == tres
    assert _encuestas(encuestas=["antes"], por_pantalla=["despues"]) == [("antes", False)]


def test_editar_ensena_el_orden_y_el_modo_guardados() -> None:
    guardadas = [
        {"instrumento": "satisfaccion", "version": 1, "por_pantalla": True},
        {"instrumento": "antes", "version": 1, "por_pantalla": False},
    ]
    lleno = Formulario(data={"encuestas": guardadas})
    assert lleno["orden"].data == {"satisfaccion": 1, "antes": 2}
    assert lleno["por_pantalla"].data == ["satisfaccion"]


def test_sin_efemeride_ni_listas_tambien_vale() -> None:
    lleno = Formulario(Datos({c: v for c, v in BUENO.items() if c not in ("efemeride", "lineas", "encuestas")}))
    assert lleno.validate()
    assert (lleno.a_dict()["efemeride"], lleno.a_dict()["lineas"], lleno.a_dict()["encuestas"]) == (None, [], [])


def test_un_evento_nuevo_pide_nombre_y_procedencia_pero_no_telefono() -> None:
    nuevo = Formulario()
    assert (nuevo["pide_nombre"].data, nuevo["pide_procedencia"].data, nuevo["pide_telefono"].data) == (
        True,
        True,
        False,
    )


def test_vacio_dice_todo_lo_que_falta_de_una_vez() -> None:
    lleno = Formulario(Datos({"titulo": ["   "]}))
    assert not lleno.validate()
    assert set(primeros_errores(lleno)) == {
        "titulo",
        "tipo",
        "tema",
        "fecha",
        "hora_inicio",
        "hora_fin",
        "sede",
        "localidad",
        "zona",
        "programa",
    }


@pytest.mark.parametrize("campo", ["tipo", "tema", "localidad", "zona", "programa", "efemeride", "lineas", "encuestas"])
def test_lo_que_no_esta_en_su_catalogo_no_pasa(campo: str) -> None:
    assert list(_errores(**{campo: "inventado"})) == [campo]


@pytest.mark.parametrize(("escrita", "guardada"), [("2026-11-25", "2026-11-25"), ("5/3/2026", "2026-03-05")])
def test_la_fecha_se_admite_de_las_dos_formas(escrita: str, guardada: str) -> None:
    lleno = Formulario(Datos(BUENO | {"fecha": [escrita]}))
    assert lleno.validate()
    assert lleno.a_dict()["fecha"] == guardada


@pytest.mark.parametrize("escrita", ["31/02/2026", "2026-02-31", "25 de nov", "26-11-25", "0026-11-25"])
def test_una_fecha_que_no_es_real_se_dice_y_se_conserva(escrita: str) -> None:
    lleno = Formulario(Datos(BUENO | {"fecha": [escrita]}))
    assert not lleno.validate()
    assert list(primeros_errores(lleno)) == ["fecha"]
    assert lleno["fecha"].data == escrita


@pytest.mark.parametrize("escrita", ["25:00", "17:61", "cinco", "17", ":", "-1:00"])
def test_una_hora_que_no_existe_se_dice(escrita: str) -> None:
    assert list(_errores(hora_inicio=escrita)) == ["hora_inicio"]


@pytest.mark.parametrize(
    ("inicio", "fin", "bien"), [("9:30", "10:00", True), ("17:00", "17:00", False), ("17:00", "9:00", False)]
)
def test_termina_despues_de_empezar(inicio: str, fin: str, bien: bool) -> None:
    assert list(_errores(hora_inicio=inicio, hora_fin=fin)) == ([] if bien else ["hora_fin"])


def test_un_titulo_larguisimo_se_dice() -> None:
    assert "sobran 30" in _errores(titulo="x" * 150)["titulo"]


def test_editar_muestra_el_evento_como_esta_guardado() -> None:
    guardado = {
        "titulo": "Taller",
        "fecha": "2026-11-25",
        "hora_inicio": "17:00",
        "efemeride": None,
        "pide_nombre": 0,
        "lineas": ["M4"],
        "encuestas": [{"instrumento": "antes", "version": 1, "titulo": "Antes de empezar"}],
    }
    lleno = Formulario(data=guardado)
    assert 'value="2026-11-25"' in lleno["fecha"]()
    assert [o.data for o in lleno["lineas"] if o.checked] == ["M4"]
    assert [o.data for o in lleno["encuestas"] if o.checked] == ["antes"]
    assert lleno["pide_nombre"].data is False
    assert [valor for valor, _, elegida, _ in lleno["efemeride"].iter_choices() if elegida] in ([], [""])
