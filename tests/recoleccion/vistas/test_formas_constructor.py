"""Lo que llegue en el formulario de una pregunta nunca rompe, y lo que no se guarda se puede volver a enseñar."""

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from formularios import edicion
from recoleccion.vistas.panel.constructor_leido import de_una
from recoleccion.vistas.panel.formas_constructor import escribir, por_agregar


def de_prueba() -> edicion.Borrador:
    borrador = edicion.nuevo("La feria", ())
    borrador = edicion.agregar(borrador, tipo="entero", texto="¿Cuántas?")
    borrador = edicion.agregar(borrador, tipo="una", texto="¿Vino?", opciones=["Sí", "No"])
    return edicion.agregar(borrador, tipo="varias", texto="¿Qué?", opciones=["Sí", "No", "Nada"])


NOMBRES = st.sampled_from(
    ["texto", "ayuda", "tipo", "indicador", "publicacion", "obligatoria", "con_obligatoria", "inicio", "fin", "paso",
     "opcion-si", "opcion-no", "opcion-", "exclusiva-si", "opciones", "si", "si_numero", "si_junta", "accion", "otra"]
)  # fmt: skip
VALORES = st.text(max_size=20) | st.sampled_from(
    ["", "si", "no", "P1 mayor", "P2 es si", "P2 es", "P9 es x", "P3 mayor 3", "2", "dos", "subir-si", "quitar-no",
     "quitar-", "bajar-x", "alguna", "una", "rango", "nota", "foto", "\x00", "x" * 9000, "a\nb\nc", "   "]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["P1", "P2", "P3"]), st.lists(st.tuples(NOMBRES, VALORES), max_size=12))
def test_ningun_formulario_rompe(clave: str, datos: list[tuple[str, str]]) -> None:
    borrador, crudo = de_prueba(), MultiDict(datos)
    escrito = escribir(borrador, clave, crudo)
    assert borrador == de_prueba()
    assert len(escrito.borrador["modelo"]["preguntas"]) == 3
    edicion.problemas(escrito.borrador)
    assert de_una(escrito.sin_agregar, escrito.clave)["pregunta"]["clave"] == escrito.clave
    nuevas = [renglon for renglon in crudo.get("opciones", "").splitlines() if renglon.strip()]
    assert all(renglon.strip() in por_agregar(escrito, crudo) for renglon in nuevas)


def test_un_texto_que_no_cabe_se_dice_en_su_campo() -> None:
    datos = MultiDict({"texto": "x" * 2001, "opcion-si": "y" * 501, "ayuda": "z"})
    assert sorted(escribir(de_prueba(), "P2", datos).errores) == ["opcion-si", "texto"]
