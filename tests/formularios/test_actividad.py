"""Qué se anota en cada línea, el formulario de una actividad y sus renglones en una hoja de cálculo."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formularios.actividad import GRUPOS, TipoActividad, tipos
from formularios.actividad_formulario import FormularioActividad, formulario_actividad, sin_personas
from formularios.actividad_hoja import CAMPOS, TITULOS, Lector, celdas_de, iguales, recortar
from formularios.campos import Datos
from formularios.catalogos import INICIALES, ErrorCatalogo, leer_lineas_poa
from formularios.tabla import a_csv, leer_aqui

HOY = date(2026, 11, 25)
TEMAS = [("igualdad", "Igualdad"), ("digital", "Violencia digital")]
TIPOS = tipos(INICIALES)
BUENA = {"tipo": "canalizacion", "fecha": "2026-02-03", "cantidad": "2", "institucion": "DIF"}


def llenar(linea: str, **datos: str) -> FormularioActividad:
    return formulario_actividad(TIPOS[linea], TEMAS, HOY)(Datos({c: [v] for c, v in datos.items()}))


def errores(linea: str, **datos: str) -> dict[str, str]:
    formulario = llenar(linea, **datos)
    assert not formulario.validate()
    return {campo.name: str(campo.errors[0]) for campo in formulario if campo.errors}


def leer(omision: str | None = None, /, **celdas: str) -> Any:
    return Lector(TIPOS, TEMAS, HOY, omision).leer(2, celdas)


# --- El catálogo -------------------------------------------------------------------------------------------------


def test_toda_linea_del_programa_tiene_que_anotar() -> None:
    assert set(TIPOS) == {linea["clave"] for linea in leer_lineas_poa(INICIALES, 2026)}


def test_en_asesorias_y_canalizaciones_no_hay_donde_escribir_una_historia() -> None:
    assert not any("nota" in tipo.pide for tipo in TIPOS["M6"])
    assert "nota" not in formulario_actividad(TIPOS["M6"], TEMAS, HOY)(None).grupos


def test_lo_que_pide_cada_tipo_tiene_su_campo() -> None:
    formulario = formulario_actividad(TIPOS["M2"], TEMAS, HOY)(None)
    assert all(columna in formulario for columnas in GRUPOS.values() for columna in columnas)
    assert {columna for columnas in GRUPOS.values() for columna in columnas} < set(CAMPOS)


@pytest.mark.parametrize(
    ("fila", "frase"),
    [
        ("M6,x,Algo,avance,cosas,volar", "«volar» no se conoce"),
        ("M6,x,Algo,mucho,cosas,", "columna «cuenta»"),
        ("M6,con espacio,Algo,avance,cosas,", "columna «clave»"),
        ("M6,x,,avance,cosas,", "columna «etiqueta»"),
        ("la seis,x,Algo,avance,cosas,", "columna «linea»"),
        ("M6,x,Algo,avance,cosas,\nM6,x,Otra,avance,cosas,", "fila 3"),
        ("", "no tiene filas"),
    ],
)
def test_un_catalogo_mal_escrito_dice_donde(tmp_path: Path, fila: str, frase: str) -> None:
    (tmp_path / "actividades.csv").write_text(f"linea,clave,etiqueta,cuenta,unidad,pide\n{fila}\n", "utf-8")
    with pytest.raises(ErrorCatalogo, match=frase):
        tipos(tmp_path)


def test_un_catalogo_que_no_es_texto_o_sin_titulos_se_dice(tmp_path: Path) -> None:
    for contenido in (b"\xff\xfe\x00", b"clave,etiqueta\na,b\n", b""):
        (tmp_path / "actividades.csv").write_bytes(contenido)
        with pytest.raises(ErrorCatalogo, match=r"actividades\.csv"):
            tipos(tmp_path)


def test_sin_catalogo_en_la_carpeta_valen_los_iniciales(tmp_path: Path) -> None:
    assert tipos(tmp_path) == TIPOS


def test_un_catalogo_con_punto_y_coma_tambien_se_lee(tmp_path: Path) -> None:
    (tmp_path / "actividades.csv").write_text(
        "linea;clave;etiqueta;cuenta;unidad;pide\nM6;x;Algo;base;cosas;personas tema!\n", "cp1252"
    )
    pide = frozenset({"personas", "tema"})
    assert tipos(tmp_path) == {"M6": (TipoActividad("x", "Algo", "base", "cosas", pide, frozenset({"tema"})),)}


# --- El formulario -----------------------------------------------------------------------------------------------


def test_lo_anotado_sale_con_sus_tipos_y_lo_que_no_va_se_queda_fuera() -> None:
    formulario = llenar("M6", **BUENA, mujeres="1", horas="mil", nota="x" * 500)
    assert formulario.validate()
    assert formulario.a_dict() == {
        "tipo": "canalizacion",
        "fecha": "2026-02-03",
        "cantidad": 2,
        "mujeres": 1,
        "hombres": None,
        "no_especificado": None,
        "institucion": "DIF",
    }


@pytest.mark.parametrize(
    ("linea", "datos", "campo", "frase"),
    [
        ("M6", {"cantidad": "-2"}, "cantidad", "negativo"),
        ("M6", {"cantidad": ""}, "cantidad", "Escriba cuántas"),
        ("M6", {"cantidad": "100001"}, "cantidad", "demasiado"),
        ("M6", {"fecha": "31/02/2026"}, "fecha", "no existe en el calendario"),
        ("M6", {"fecha": "2026-11-26"}, "fecha", "todavía no llega"),
        ("M6", {"institucion": ""}, "institucion", "con qué institución"),
        ("M6", {"institucion": "DIF 378 123 4567 89"}, "institucion", "dato de una persona"),
        ("M6", {"mujeres": "=1+1"}, "mujeres", "fórmula"),
        ("M6", {"tipo": "otra_cosa"}, "tipo", "Elija"),
        ("A7", {"tipo": "publicacion"}, "tema", "Elija el tema"),
        ("M2", {"tipo": "curso", "horas": "1001"}, "horas", "demasiado"),
        ("A9", {"tipo": "documento"}, "limite", "para cuándo"),
        ("A9", {"tipo": "documento", "limite": "2026-02-02"}, "limite", "No puede ser antes"),
        ("A9", {"tipo": "documento", "limite": "2026-02-09", "cumplida_el": "2026-12-01"}, "cumplida_el", "no llega"),
        ("A9", {"tipo": "documento", "cumplida_el": "2026-02-05"}, "limite", "para cuándo"),
    ],
)
def test_lo_mal_escrito_se_dice_en_su_campo(linea: str, datos: dict[str, str], campo: str, frase: str) -> None:
    assert frase in errores(linea, **BUENA | datos)[campo]


@pytest.mark.parametrize(
    "texto",
    ["Se vio con la Sra. López", "vino la señora María", "Señora Ana", "tel 378 123 45 67", "3781234567", "ana@x.mx",
     "LOPA800101MJCPRN09", "Doña Tere pidió informes"],
)  # fmt: skip
def test_una_nota_que_nombra_a_alguien_no_se_guarda(texto: str) -> None:
    with pytest.raises(ValueError, match="aquí sólo van cuentas"):
        sin_personas(texto)


@pytest.mark.parametrize(
    "texto",
    ["Oficio 45/2026", "Nuestra Señora de Guadalupe", "Escuela Niños Héroes", "de 9 a 15 h", "2026-02-03 a 2026-02-05",
     "Ley 1917, artículo 123", "Se presentó en cabildo"],
)  # fmt: skip
def test_una_nota_sin_personas_pasa(texto: str) -> None:
    assert sin_personas(texto) == texto


# --- La hoja de cálculo ------------------------------------------------------------------------------------------


def test_un_renglon_se_entiende_con_sus_palabras_o_sus_claves() -> None:
    datos = {"linea": "M6", "fecha": "2026-02-03", "cantidad": 3, "tipo": "asesoria_juridica"}
    vacias = dict.fromkeys(("mujeres", "hombres", "no_especificado"))
    for linea, tipo in (("m6", "ASESORIA JURIDICA"), ("M 6", "asesoria_juridica"), ("", "Asesoría  jurídica")):
        leido = leer(linea=linea, tipo=tipo, fecha="3 de febrero de 2026", cantidad="3.0")
        assert leido.datos == datos | vacias, leido.errores


def test_la_linea_puede_venir_de_quien_sube_el_archivo() -> None:
    celdas = {"tipo": "Curso o taller que tomó la oficina", "fecha": "1/2/2026", "cantidad": "1"}
    assert leer("M2", **celdas).datos["linea"] == "M2"
    assert "no está en el catálogo de M4" in leer("M4", **celdas).errores[0]


@pytest.mark.parametrize(
    ("celdas", "frase"),
    [
        ({"tipo": "Tamales"}, "Tipo: «Tamales» no está en el catálogo"),
        ({"tipo": ""}, "Tipo: está vacío"),
        ({"linea": "M9"}, "Línea: «M9» no es una"),
        ({"cantidad": "=SUMA(B2:B9)"}, "Cantidad: «=SUMA(B2:B9)» es una fórmula"),
        ({"cantidad": "-1"}, "Cantidad: «-1» es negativo"),
        ({"fecha": "30/02/2026"}, "Fecha: «30/02/2026» no existe"),
        ({"tipo": "Publicación en redes", "tema": "Política"}, "Tema: «Política» no está en la lista"),
        ({"institucion": ""}, "Institución: Escriba con qué"),
    ],
)
def test_un_renglon_malo_dice_su_columna(celdas: dict[str, str], frase: str) -> None:
    leido = leer(**{"tipo": "Canalización a otra institución", "fecha": "3/2/2026", "cantidad": "2",
                    "institucion": "DIF"} | celdas)  # fmt: skip
    assert leido.datos is None
    assert any(error.startswith(frase) for error in leido.errores), leido.errores


def test_lo_que_el_tipo_no_lleva_se_avisa_y_no_se_guarda() -> None:
    leido = leer(tipo="Asesoría jurídica", fecha="3/2/2026", cantidad="2", nota="La señora María…", horas="2")
    assert leido.datos is not None
    assert "nota" not in leido.datos
    assert leido.avisos == ("No se guarda: Nota, Horas. «Asesoría jurídica» no lo lleva.",)


def test_las_columnas_ajenas_se_sueltan_antes_de_guardar_nada() -> None:
    contenido = "Nombre completo,FECHA,tipo,Cantidad,CURP\nAna,2026-02-03,Asesoría jurídica,1,LOPA800101MJCPRN09\n"
    renglones, sobran = recortar(leer_aqui("a.csv", contenido.encode()))
    assert sobran == ["Nombre completo", "CURP"]
    assert "Ana" not in str(renglones)
    assert renglones[0]["celdas"] == {"fecha": "2026-02-03", "tipo": "Asesoría jurídica", "cantidad": "1"}


def test_dos_renglones_iguales_se_senalan() -> None:
    lector = Lector(TIPOS, TEMAS, HOY)
    celdas = {"tipo": "Asesoría jurídica", "fecha": "3/2/2026", "cantidad": "2"}
    tres = [lector.leer(fila, {**celdas, "cantidad": n}) for fila, n in ((2, "2"), (3, "1"), (4, "2.0"))]
    assert iguales(tres) == {4: 2}


GENTE = st.none() | st.integers(0, 500)
TEXTO = st.none() | st.sampled_from(["DIF municipal", "=1+1", "-otro", "Ñandú, s. c."])
DIAS = st.dates(min_value=date(2026, 1, 1), max_value=HOY).map(str)


@settings(max_examples=60)
@given(st.data())
def test_lo_que_se_baja_se_vuelve_a_subir_igual(data: st.DataObject) -> None:
    """Cualquier actividad que quepa en el formulario sale en el CSV y vuelve con los mismos datos."""
    linea = data.draw(st.sampled_from(sorted(TIPOS)))
    tipo = data.draw(st.sampled_from(TIPOS[linea]))
    fecha = data.draw(DIAS)
    valores: dict[str, Any] = dict.fromkeys(CAMPOS) | {
        "linea": linea, "tipo": tipo.clave, "fecha": fecha, "cantidad": data.draw(st.integers(0, 100_000)),
    }  # fmt: skip
    posibles = {
        "mujeres": GENTE, "hombres": GENTE, "no_especificado": GENTE, "alcance": GENTE, "programa": TEXTO,
        "institucion": TEXTO, "nota": TEXTO, "tema": st.sampled_from(["igualdad", "digital", None]),
        "horas": st.none() | st.sampled_from([0.5, 2.0, 12.5]), "limite": st.just(fecha), "cumplida_el": st.just(None),
    }  # fmt: skip
    for columna in sorted(tipo.columnas):
        valores[columna] = data.draw(posibles[columna])
        if any(columna in GRUPOS[grupo] for grupo in tipo.exige) and valores[columna] is None:
            valores[columna] = {"tema": "igualdad", "cumplida_el": None}.get(columna, "Algo")
    contenido = a_csv(TITULOS, [celdas_de(valores, TIPOS, dict(TEMAS))])
    renglones, sobran = recortar(leer_aqui("a.csv", contenido, esperados=TITULOS))
    assert sobran == []
    leido = Lector(TIPOS, TEMAS, HOY).leer(2, renglones[0]["celdas"])
    assert leido.datos is not None, leido.errores
    assert leido.avisos == ()
    assert {c: v for c, v in leido.datos.items() if v is not None} == {
        c: v for c, v in valores.items() if v is not None
    }


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(sorted(CAMPOS)), st.text(max_size=30) | st.sampled_from(["M6", "3", "3/2/2026"]))
)
def test_ningun_renglon_hace_fallar_al_lector(celdas: dict[str, str]) -> None:
    leido = Lector(TIPOS, TEMAS, HOY).leer(2, celdas)
    assert (leido.datos is None) == bool(leido.errores)
