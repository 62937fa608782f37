"""A la atacante se le da toda la carpeta privada e intenta decir de quién es cada contestación. No debe poder.

Se mide con la llave del servidor y sin ella, y suponiendo además que abrió la de la oficina: entonces cada asistencia
es un nombre. Lo que se mide es cuántos renglones ata con una asistencia; la meta, ningún nombre y no más que adivinar
entre cinco. Cada ataque tiene aquí su control: un archivo con el defecto que busca, en el que sí acierta.
"""

import hashlib
import json
from collections import defaultdict

import pytest

from recoleccion import reglas
from recoleccion.consultas.callar import GRUPO
from tests import atacante_privado as ataque
from tests.atacante_privado import Botin, Medida, medir
from tests.periodo_privado import Periodo, Quien, hojas_abiertas

META = 1 / GRUPO
"""No más que adivinar entre cinco."""


@pytest.fixture(scope="module")
def verdad(de_quien: dict[str, Quien]) -> dict[str, str]:
    return {renglon: quien.asistencia_id for renglon, quien in de_quien.items()}


@pytest.fixture(scope="module")
def evento_de(de_quien: dict[str, Quien]) -> dict[str, str]:
    return {renglon: quien.evento_id for renglon, quien in de_quien.items()}


@pytest.fixture(scope="module")
def contestaron(periodo: Periodo, de_quien: dict[str, Quien]) -> dict[tuple[str, str], list[str]]:
    """Por evento y encuesta, quiénes de las que ya salieron contestaron, como fueron llegando."""
    salieron = {(q.asistencia_id, encuesta) for _, encuesta, q in hojas_abiertas(periodo)}
    listas: dict[tuple[str, str], list[str]] = defaultdict(list)
    for q in periodo.gente:
        for encuesta in q.hojas:
            if (q.asistencia_id, encuesta) in salieron:
                listas[q.evento_id, encuesta].append(q.asistencia_id)
    return listas


def cumple(medida: Medida) -> bool:
    return medida.atados <= META and medida.peor <= META and medida.ciertos == 0


# --- Lo que dice el renglón --------------------------------------------------------------------------------------


def test_el_periodo_es_de_verdad(periodo, de_quien, copia):
    """Con eventos chicos, llegadas tarde, credenciales, la cuarentena y las dos llaves a la mano."""
    assert len(de_quien) > 400
    assert sum(q.tarde for q in periodo.gente) >= 5
    assert copia.filas("SELECT count(*) AS n FROM asistencia WHERE modo = 'credencial'")[0]["n"] >= 5
    assert copia.filas("SELECT count(*) AS n FROM identidad")[0]["n"] > 100
    assert copia.filas("SELECT count(*) AS n FROM cuarentena")[0]["n"] >= 5
    assert {f["sexo"] for f in copia.filas("SELECT DISTINCT sexo FROM asistencia")} >= {"M", "H"}


def test_por_sexo_edad_y_zona_no_acierta_mas_que_entre_cinco(botin, verdad, evento_de, capsys):
    base, base_del_evento = (medir(ataque.al_tanteo(botin, e), verdad, len(verdad)) for e in (None, evento_de))
    medidas = {
        "al tanteo, sabiendo programa y mes": base,
        "sexo, edad y zona": medir(ataque.por_rareza(botin), verdad, len(verdad)),
        "al tanteo, sabiendo el evento": base_del_evento,
        "sabiendo el evento": medir(ataque.por_rareza(botin, evento_de), verdad, len(verdad)),
        "la que no se ve entre las demás": medir(ataque.por_lo_que_no_se_ve(botin, evento_de), verdad, len(verdad)),
        "sabiendo qué renglones van juntos": medir(
            ataque.por_persona(botin, evento_de, verdad), verdad, len(set(verdad.values()))
        ),
    }
    with capsys.disabled():
        print("\n" + "\n".join(f"  {que:36} {medida}" for que, medida in medidas.items()))
    assert all(cumple(medida) for medida in medidas.values())


def test_el_control_con_sexo_y_edad_de_todas_si_las_ata(copia, verdad, de_quien, evento_de, capsys):
    """Como quedaba el renglón cuando sólo se callaba la zona."""
    for renglon, quien in de_quien.items():
        copia.base.execute("UPDATE contestacion SET sexo = ?, edad = ? WHERE id = ?", [quien.sexo, quien.edad, renglon])
    for hallada in (ataque.por_rareza, ataque.por_lo_que_no_se_ve):
        medida = medir(hallada(copia, evento_de), verdad, len(verdad))
        with capsys.disabled():
            print(f"\n  control, si no se callara nada         {medida}", end="")
        assert medida.peor == 1
        assert medida.atados > META
        assert medida.ciertos > 0.1
    medida = medir(ataque.por_persona(copia, evento_de, verdad), verdad, len(set(verdad.values())))
    assert medida.ciertos > 0.1


def test_ningun_nombre_queda_atado_aunque_abra_la_llave_de_la_oficina(botin, verdad, evento_de, de_quien):
    """Con esa llave cada asistencia es un nombre: atar una con la mitad de certeza sería atar un nombre."""
    con_nombre = {renglon for renglon, quien in de_quien.items() if quien.nombre}
    assert len(con_nombre) > 300
    for conjeturas in (ataque.por_rareza(botin, evento_de), ataque.por_lo_que_no_se_ve(botin, evento_de)):
        de_nombres = [c for c in conjeturas if c.renglon in con_nombre]
        assert medir(de_nombres, verdad, len(con_nombre)).ciertos == 0


def test_lo_que_dice_un_renglon_lo_dicen_cinco(copia):
    """De cada programa, zona, mes, sexo y edad, en cada encuesta y también en los cambios: cinco, o nadie."""
    for tabla, ademas in (("contestacion", ", instrumento, version"), ("cambio", "")):
        combinaciones = copia.filas(
            f"SELECT count(*) AS n FROM {tabla} WHERE sexo IS NOT NULL OR edad IS NOT NULL"
            f" GROUP BY programa, zona, mes, sexo, edad{ademas}"
        )
        assert combinaciones
        assert min(f["n"] for f in combinaciones) >= GRUPO


# --- Orden, lugar y hora -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("por", ["renglon", "lugar", "id"])
def test_ni_el_orden_ni_el_lugar_en_el_archivo_dicen_de_quien_es(botin, verdad, evento_de, contestaron, por):
    medida = medir(ataque.por_orden(botin, evento_de, contestaron, por), verdad, len(verdad))
    assert medida.atados < META / 2


@pytest.mark.parametrize(
    ("por", "id", "llave", "clausula"),
    [
        ("renglon", "hex(randomblob(16))", "", ""),
        ("lugar", "hex(randomblob(16))", "", ""),
        ("id", "printf('%08d', n)", "PRIMARY KEY", "WITHOUT ROWID"),
    ],
)
def test_el_control_guardados_como_llegaron_si_se_reconocen(
    copia, verdad, de_quien, contestaron, por, id, llave, clausula
):
    llegada = {a["id"]: n for n, a in enumerate(copia.asistencias)}
    renglones = sorted(copia.renglones, key=lambda r: llegada[verdad[r["id"]]])
    copia.base.execute("DROP TABLE contestacion")
    copia.base.execute(
        f"CREATE TABLE contestacion (id TEXT {llave}, instrumento TEXT, version INT, respuestas TEXT, programa TEXT,"
        f" mes TEXT, zona TEXT, sexo TEXT, edad TEXT) {clausula}"
    )
    nuevos = {}
    for n, r in enumerate(renglones):
        nuevo = copia.base.execute(f"SELECT {id} AS id FROM (SELECT ? AS n)", [n]).fetchone()["id"]
        nuevos[nuevo] = de_quien[r["id"]]
        copia.base.execute(
            "INSERT INTO contestacion VALUES (?, ?, 1, ?, 'x', '2026-11', NULL, NULL, NULL)",
            [nuevo, r["instrumento"], r["respuestas"]],
        )
    copia.base.commit()
    copia.base.execute("VACUUM")
    copia.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    del copia.renglones
    suya = {id: quien.asistencia_id for id, quien in nuevos.items()}
    eventos = {id: quien.evento_id for id, quien in nuevos.items()}
    assert medir(ataque.por_orden(copia, eventos, contestaron, por), suya, len(suya)).atados > META


def test_ninguna_columna_lleva_hora(botin):
    assert ataque.por_tiempo(botin) == []
    columnas = {
        f["name"] for t in ("contestacion", "cambio", "comentario") for f in botin.filas(f"PRAGMA table_info({t})")
    }
    assert columnas.isdisjoint({"evento_id", "hora", "recibido_en", "dispositivo_id", "ficha", "sesgo_ms"})
    assert botin.filas("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_s%' AND type = 'table'") == []


def test_el_control_con_la_hora_de_llegada_si_las_ata(copia, verdad):
    horas = {a["id"]: a["recibido_en"] for a in copia.asistencias}
    copia.base.execute("ALTER TABLE contestacion ADD COLUMN hora TEXT")
    for renglon, asistencia in verdad.items():
        copia.base.execute("UPDATE contestacion SET hora = ? WHERE id = ?", [horas[asistencia], renglon])
    # Las de una lista de papel entraron todas a la misma hora.
    assert medir(ataque.por_tiempo(copia), verdad, len(verdad)).ciertos > 0.7


# --- Números y huellas -------------------------------------------------------------------------------------------


def test_el_numero_de_un_renglon_no_sale_de_ninguno_que_haya_llegado(botin):
    assert ataque.por_id(botin) == {}


@pytest.mark.parametrize("resumir", [lambda id: id, lambda id: hashlib.sha256(id.encode()).hexdigest()[:32]])
def test_el_control_con_el_numero_del_registro_si_se_reconoce(copia, de_quien, resumir):
    encuesta = {r["id"]: r["instrumento"] for r in copia.renglones}
    for renglon, quien in de_quien.items():
        suyo = resumir(quien.registros[encuesta[renglon]]["id"])
        copia.base.execute("UPDATE contestacion SET id = ? WHERE id = ?", [suyo, renglon])
    del copia.renglones
    assert len(ataque.por_id(copia)) == len(de_quien)


def _registros(periodo: Periodo) -> list[dict]:
    return [registro for quien in periodo.gente for registro in quien.registros.values()]


def test_con_las_huellas_no_se_prueba_que_contesto_nadie(botin, periodo):
    assert ataque.por_huella(botin, _registros(periodo)) == {}


def test_el_control_una_huella_sin_llave_si_prueba_la_respuesta(copia, periodo):
    registros = _registros(periodo)[:20]
    for registro in registros:
        canonico = reglas.json_canonico({c: v for c, v in registro.items() if c not in ("hora", "sesgo_ms")})
        copia.base.execute(
            "UPDATE recibido SET huella = ? WHERE id = ?", [hashlib.sha256(canonico).hexdigest(), registro["id"]]
        )
    otras = [q.registros["satisfaccion"]["datos"]["respuestas"] for q in periodo.gente if "satisfaccion" in q.registros]
    assert len(ataque.por_huella(copia, registros)) == 20
    assert ataque.por_huella(copia, ataque.variantes(registros[0], otras[30:60])) == {}


def test_en_la_cuarentena_no_queda_que_decia_lo_que_ya_se_conto(botin, de_quien):
    assert ataque.por_cuarentena(botin) == []


def test_el_control_lo_que_espero_en_la_cuarentena_si_dice_de_quien_era(copia, periodo):
    registro = _registros(periodo)[0]
    sobre = copia.sello.sellar(json.dumps(registro).encode(), ataque.INFO_REGISTRO)
    copia.base.execute("UPDATE cuarentena SET bytes = ?", [sobre])
    assert ataque.por_cuarentena(copia)[0]["datos"]["ficha"] == registro["datos"]["ficha"]


# --- Recuentos ---------------------------------------------------------------------------------------------------


def _opciones(hoja: str, de: dict[str, str]) -> dict[str, str]:
    """De una hoja, lo que se cuenta; de varias opciones no se sabe cuál fue primero."""
    return {p: r for p, r in json.loads(hoja).items() if isinstance(r, str) and p in de}


def _reconocidas(botin: Botin, periodo: Periodo) -> int:
    """Cuántas de las hojas que arma con el orden del recuento son de alguien de ese evento, entera."""
    reales = defaultdict(list)
    for quien in periodo.gente:
        for encuesta, hoja in quien.hojas.items():
            reales[quien.evento_id, encuesta].append(hoja)
    return sum(
        any(
            len(o := _opciones(h, hoja)) >= 5 and all(hoja[p] == r for p, r in o.items())
            for h in reales[evento, encuesta]
        )
        for evento, encuesta, hoja in ataque.por_orden_del_recuento(botin)
    )


def test_el_recuento_no_guarda_el_orden_en_que_se_conto(botin, periodo):
    assert len(ataque.por_orden_del_recuento(botin)) > 15
    assert _reconocidas(botin, periodo) == 0


def test_el_control_un_recuento_en_el_orden_de_los_sobres_si_arma_una_hoja(copia, periodo):
    filas = copia.filas("SELECT * FROM recuento_evento")
    n = {(f["evento_id"], f["instrumento"], f["pregunta"], f["respuesta"]): f["n"] for f in filas}
    copia.base.execute("DELETE FROM recuento_evento")
    for quien in periodo.gente:
        for encuesta, hoja in quien.hojas.items():
            for pregunta, respuesta in json.loads(hoja).items():
                if (cual := (quien.evento_id, encuesta, pregunta, str(respuesta))) in n:
                    copia.base.execute(
                        "INSERT INTO recuento_evento VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT DO NOTHING", [*cual, n[cual]]
                    )
    assert _reconocidas(copia, periodo) > 10


def test_al_restar_los_recuentos_no_quedan_las_de_un_evento_chico(botin):
    assert all(n >= GRUPO for n in ataque.por_resta(botin).values())


def test_el_control_con_dos_de_mas_la_resta_las_descubre(copia):
    copia.base.execute(
        "UPDATE recuento_evento SET n = n - 2 WHERE pregunta = '' AND evento_id ="
        " (SELECT evento_id FROM recuento_evento WHERE pregunta = '' AND instrumento = 'antes' LIMIT 1)"
        " AND instrumento = 'antes'"
    )
    assert ataque.por_resta(copia) != {}


# --- Textos y bytes ----------------------------------------------------------------------------------------------


def _atina_textos(botin: Botin, de_quien: dict[str, Quien]) -> float:
    pares = ataque.por_comentario(botin)
    return sum(texto in de_quien[renglon].textos for texto, renglon in pares if renglon in de_quien) / len(pares)


def test_un_texto_libre_no_se_vuelve_a_unir_con_sus_respuestas(botin, de_quien):
    assert len(botin.filas("SELECT id FROM comentario")) > 20
    assert _atina_textos(botin, de_quien) < META


def test_el_control_un_texto_con_el_numero_de_su_renglon_si_se_une(copia, de_quien):
    encuesta = {r["id"]: r["instrumento"] for r in copia.renglones}
    for c in copia.filas("SELECT id, instrumento, texto FROM comentario WHERE texto LIKE 'Texto de veras%'"):
        suyo = next(r for r, q in de_quien.items() if c["texto"] in q.textos and encuesta[r] == c["instrumento"])
        copia.base.execute("UPDATE comentario SET id = ? WHERE id = ?", [suyo, c["id"]])
    assert _atina_textos(copia, de_quien) > 0.5


def test_no_queda_byte_de_ningun_sobre_ni_ficha_de_lo_que_salio(botin, periodo):
    esperan = {f["id"] for f in botin.filas("SELECT id FROM urna")}
    idos = {id: sobre for id, sobre in periodo.sobres.items() if id not in esperan}
    assert len(idos) > 400
    agujas = [pedazo for sobre in idos.values() for pedazo in ataque.pedazos(sobre)]
    agujas += [id.encode() for id in idos] + [quien.ficha.encode() for quien in periodo.gente]
    assert ataque.por_bytes(botin, agujas) == []


def test_el_control_un_sobre_borrado_sin_ceros_se_encuentra(copia, periodo):
    id, sobre = next(iter(periodo.sobres.items()))
    copia.base.execute("PRAGMA secure_delete = OFF")
    evento = copia.eventos[0]["id"]
    copia.base.execute("INSERT INTO urna VALUES (?, ?, 'antes', 1, ?)", [id, evento, sobre])
    copia.base.commit()
    copia.base.execute("DELETE FROM urna WHERE id = ?", [id])
    copia.base.commit()
    copia.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert ataque.por_bytes(copia, ataque.pedazos(sobre)) != []


def test_el_tamano_de_un_sobre_no_dice_que_trae(periodo, copia):
    """Con texto o sin él, de una encuesta o de otra, todos miden lo mismo; y el control: sin relleno se distinguen."""
    assert len({len(sobre) for sobre in periodo.sobres.values()}) == 1
    assert len({len(hoja) for quien in periodo.gente for hoja in quien.hojas.values()}) > 20


def test_lo_que_todavia_espera_solo_se_lee_con_la_llave_y_dice_poco(botin, periodo, de_quien, capsys):
    """El límite que se dice: quien tenga esa llave lee sus respuestas y su evento; ya no sexo ni edad."""
    sobres, medida = ataque.por_urna(botin), _atados_en_la_urna(botin, periodo)
    esperan = len(botin.filas("SELECT id FROM urna"))
    assert len(sobres) == (esperan if botin.llave else 0)
    assert esperan / (esperan + len(de_quien)) < 0.1
    with capsys.disabled():
        print(f"\n  esperan {esperan} de {esperan + len(de_quien)} sobres; con esta llave lee {len(sobres)} y {medida}")
    assert medida.ciertos == 0
    assert medida.atados <= META


def test_el_control_un_sobre_que_espera_con_sexo_y_edad_si_dice_de_quien_es(copia, periodo):
    de = {(q.evento_id, hoja): q for q in periodo.gente for hoja in q.hojas.values()}
    for f in copia.filas("SELECT id, evento_id, sobre FROM urna"):
        contenido = json.loads(copia.sello.abrir(bytes(f["sobre"]), ataque.INFO_URNA))
        quien = de[f["evento_id"], reglas.json_canonico(contenido["respuestas"]).decode()]
        contenido |= {"sexo": quien.sexo, "edad": quien.edad}
        sobre = copia.sello.sellar(json.dumps(contenido).encode(), ataque.INFO_URNA)
        copia.base.execute("UPDATE urna SET sobre = ? WHERE id = ?", [sobre, f["id"]])
    assert _atados_en_la_urna(copia, periodo).ciertos > 0.3


def _atados_en_la_urna(botin: Botin, periodo: Periodo) -> Medida:
    """De los sobres que esperan, cuántos ata: por su evento, su sexo y su edad."""
    de = {(q.evento_id, hoja): q.asistencia_id for q in periodo.gente for hoja in q.hojas.values()}
    verdad, conjeturas = {}, []
    for n, sobre in enumerate(ataque.por_urna(botin)):
        verdad[str(n)] = de[sobre["evento_id"], reglas.json_canonico(sobre["respuestas"]).decode()]
        caben = [a for a in botin.asistencias if a["evento_id"] == sobre["evento_id"] and ataque.le_queda(a, sobre)]
        clase = (sobre["evento_id"], sobre["instrumento"], sobre["sexo"], sobre["edad"])
        conjeturas.append(ataque.Conjetura(str(n), frozenset(a["id"] for a in caben), clase))
    return medir(conjeturas, verdad, max(1, len(verdad)))


def test_cada_hoja_se_conto_una_vez(periodo, de_quien, copia):
    """Y nada se perdió: lo que no salió sigue en la urna."""
    mandadas = sum(len(quien.hojas) for quien in periodo.gente)
    assert len(de_quien) + len(ataque.por_urna(copia)) == mandadas
