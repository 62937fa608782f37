"""El lector, con cuadros difíciles. La forma larga, con cifras y otros lectores: ``python bench/lector.py``."""

from playwright.sync_api import Browser

from tests import cuadros
from tests.navegador.lectores import juzgar, poner_mesa

CHICO, ENTERO = "nuestro, chico", "nuestro, entero"


def test_el_lector_lee_cuadros_dificiles_y_ninguno_mal(navegador: Browser):
    lote = [*cuadros.dificiles(40), *cuadros.negativos(16)]
    with poner_mesa(navegador) as mesa:
        assert mesa.pagina.evaluate("mesa.lector") == "propio"
        lecturas = [(cuadro, mesa.leer(cuadro, [CHICO, ENTERO, "mentiroso"])) for cuadro in lote]
    leidos = sum(1 for c, dicho in lecturas if c.texto and c.texto in (dicho[CHICO][0], dicho[ENTERO][0]))
    assert leidos >= 34, leidos
    assert [juzgar(lecturas, lector)[1] for lector in (CHICO, ENTERO)] == [[], []]
    # El control: a quien inventa se le nota en cada cuadro, también en los que no traen código.
    assert juzgar(lecturas, "mentiroso") == (0, [cuadro.nombre for cuadro in lote])


def test_los_cuadros_salen_de_su_semilla_y_no_se_parecen():
    una, otra = list(cuadros.dificiles(12)), list(cuadros.dificiles(12))
    assert una == otra
    assert len({cuadro.jpeg for cuadro in una}) == 12
    assert {(cuadro.ancho, cuadro.alto) for cuadro in una} == set(cuadros.TAMANOS)
    [instante] = cuadros.dificiles(1, toma=1)
    assert (instante.texto, instante.nombre) == (una[0].texto, una[0].nombre)
    assert instante.jpeg != una[0].jpeg
