"""Cambiar un catálogo: nada se pierde, una clave no se repite y se escribe entero o no se escribe."""

from pathlib import Path

import pytest

from formularios import hoja_catalogo
from formularios.campos import Datos
from formularios.catalogos import ErrorCatalogo, cargar, copiar_iniciales
from formularios.evento import formulario_evento
from formularios.hoja_catalogo import CambioAjeno


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    copiar_iniciales(tmp_path)
    return tmp_path


def test_lo_que_la_oficina_puso_de_mas_en_el_archivo_se_conserva(carpeta: Path) -> None:
    propio = '\ufeffclave;etiqueta;color\r\na;Uno;rojo\r\nb;"Dos; y medio";azul\r\n'
    (carpeta / "temas.csv").write_bytes(propio.encode())
    hoja = hoja_catalogo.leer(carpeta, "tema")
    hoja = hoja_catalogo.cambiar(hoja, "a", {"etiqueta": "Úno, dos"})
    hoja_catalogo.escribir(carpeta, hoja_catalogo.mover(hoja, "b", -1))
    guardado = (carpeta / "temas.csv").read_bytes().decode()
    assert guardado == '\ufeffclave;etiqueta;color\nb;"Dos; y medio";azul\na;Úno, dos;rojo\n'
    assert [(o.clave, o.etiqueta) for o in cargar(carpeta).tema] == [("b", "Dos; y medio"), ("a", "Úno, dos")]


def test_una_retirada_ya_no_se_ofrece_y_se_sigue_leyendo(carpeta: Path) -> None:
    hoja = hoja_catalogo.leer(carpeta, "tema")
    hoja_catalogo.escribir(carpeta, hoja_catalogo.cambiar(hoja, "noviazgo", {"retirada": "2026-11-25"}))
    catalogos = cargar(carpeta)
    assert "noviazgo" not in dict(catalogos.pares("tema"))
    assert catalogos.etiqueta("tema", "noviazgo") == "Noviazgo"
    assert catalogos.retiradas("tema") == {"noviazgo": "Noviazgo"}


def test_un_evento_viejo_conserva_lo_retirado_y_uno_nuevo_no_lo_puede_elegir(carpeta: Path) -> None:
    hoja = hoja_catalogo.leer(carpeta, "tema")
    hoja_catalogo.escribir(carpeta, hoja_catalogo.cambiar(hoja, "noviazgo", {"retirada": "2026-11-25"}))
    clase = formulario_evento(cargar(carpeta), [], {})
    mandado = Datos({"tema": ["noviazgo"]})
    viejo, nuevo = clase(mandado, data={"tema": "noviazgo"}), clase(mandado)
    viejo.validate()
    nuevo.validate()
    assert not viejo["tema"].errors
    assert dict(viejo["tema"].choices)["noviazgo"] == "Noviazgo (ya no se usa)"
    assert nuevo["tema"].errors
    assert "noviazgo" not in dict(nuevo["tema"].choices)


def test_quien_llega_segundo_no_pisa_lo_que_guardo_el_primero(carpeta: Path) -> None:
    una = otra = hoja_catalogo.leer(carpeta, "programa")
    hoja_catalogo.escribir(carpeta, hoja_catalogo.cambiar(una, "igualdad", {"etiqueta": "De la primera"}))
    with pytest.raises(CambioAjeno):
        hoja_catalogo.escribir(carpeta, hoja_catalogo.cambiar(otra, "igualdad", {"etiqueta": "De la segunda"}))
    assert cargar(carpeta).etiqueta("programa", "igualdad") == "De la primera"


def test_lo_que_no_se_podria_usar_no_se_escribe(carpeta: Path) -> None:
    antes = (carpeta / "zonas.csv").read_bytes()
    hoja = hoja_catalogo.leer(carpeta, "zona")
    for n in range(2, 5):
        hoja = hoja_catalogo.agregar(hoja, f"zona_{n}", {"etiqueta": f"Zona {n}"})
    with pytest.raises(ErrorCatalogo, match="tiene 5 filas y caben 4"):
        hoja_catalogo.escribir(carpeta, hoja)
    with pytest.raises(ErrorCatalogo, match="falta la fila con clave «cabecera»"):
        hoja_catalogo.escribir(carpeta, hoja_catalogo.quitar(hoja_catalogo.leer(carpeta, "zona"), "cabecera"))
    assert (carpeta / "zonas.csv").read_bytes() == antes
    assert not list(carpeta.glob("*.nuevo"))


@pytest.mark.parametrize(
    ("etiqueta", "ocupadas", "clave"),
    [
        ("Niñez y juegos", (), "ninez_y_juegos"),
        ("  Ñandú: ¿qué?  ", (), "nandu_que"),
        ("Igualdad", ("igualdad", "igualdad_2"), "igualdad_3"),
        ("¡¡!!", (), "tema"),
        ("Orden", (), "orden_2"),
        ("日本", (), "tema"),
    ],
)
def test_la_clave_sale_del_texto_y_nunca_se_repite(etiqueta: str, ocupadas: tuple[str, ...], clave: str) -> None:
    assert hoja_catalogo.nueva_clave(etiqueta, ocupadas, "tema") == clave


@pytest.mark.parametrize("texto", ["=HYPERLINK(1)", "+1", "-x", "@a"])
def test_un_texto_que_la_hoja_tomaria_por_formula_no_entra(texto: str) -> None:
    with pytest.raises(ValueError, match="fórmula"):
        hoja_catalogo.revisar_etiqueta(texto)


def test_un_evento_toma_la_zona_de_su_localidad_si_no_se_elige_otra(carpeta: Path) -> None:
    hoja = hoja_catalogo.leer(carpeta, "localidad")
    hoja = hoja_catalogo.agregar(hoja, "la_canada", {"etiqueta": "La Cañada", "zona": "zona_1"})
    hoja_catalogo.escribir(carpeta, hoja)
    clase = formulario_evento(cargar(carpeta), [], {})

    def zona(**mandado: str) -> str | None:
        formulario = clase(Datos({campo: [valor] for campo, valor in mandado.items()}))
        formulario.validate()
        elegida: str | None = formulario["zona"].data
        return elegida

    assert zona(localidad="la_canada", zona="") == "zona_1"
    assert zona(localidad="la_canada", zona="cabecera") == "cabecera"
    assert zona(localidad="otro_municipio", zona="") is None
    assert zona(localidad="") is None
