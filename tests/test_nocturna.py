"""Lo largo corre lo que hay, y una que falla no detiene las demás."""

from tests import nocturna
from tests.nocturna import Larga


def test_cada_una_corre_archivos_que_existen() -> None:
    todas = nocturna.largas(["--cuantos", "1"])
    assert len({larga.nombre for larga in todas}) == len(todas)
    for larga in todas:
        partes = [larga.que.split()[0].replace(".", "/") + ".py"] if larga.orden else larga.que.split()
        assert [parte for parte in partes if not (nocturna.RAIZ / parte).exists()] == []


def test_lo_que_falla_no_detiene_lo_demas_y_se_dice_al_final(capsys) -> None:
    mala, buena = Larga("mala", "no_hay_tal_cosa", orden=True), Larga("buena", "platform", orden=True)
    assert nocturna.correr([buena]) == 0
    assert nocturna.correr([mala, buena]) == 1
    ultimos = capsys.readouterr().out.splitlines()[-2:]
    assert [renglon.split(",")[0].split() for renglon in ultimos] == [["mala", "FALLÓ"], ["buena", "bien"]]
