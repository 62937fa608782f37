"""Los catálogos: los iniciales sirven, lo de la oficina no se pisa y cada error dice dónde y qué hacer."""

from pathlib import Path

import pytest

from formularios.catalogos import ARCHIVOS, MENORES, ErrorCatalogo, cargar, copiar_iniciales, leer_lineas_poa


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    copiar_iniciales(tmp_path)
    return tmp_path


def test_los_iniciales_cargan_con_las_claves_acordadas(carpeta: Path) -> None:
    catalogos = cargar(carpeta)
    assert catalogos.claves("sexo") == ("M", "H", "O", "N")
    assert catalogos.claves("edad") == ("0-11", "12-17", "18-29", "30-44", "45-59", "60+", "nd")
    assert catalogos.claves("procedencia") == ("cabecera", "rancho", "otro", "nd")
    assert catalogos.claves("zona")[0] == "cabecera"
    assert len(catalogos.zona) <= 4
    assert len(catalogos.programa) <= 6
    assert "igualdad" in catalogos.claves("tema")
    assert catalogos.etiqueta("sexo", "M") == "Mujer"
    assert set(MENORES) < set(catalogos.claves("edad"))


def test_las_lineas_de_ayuda_son_las_verificadas(carpeta: Path) -> None:
    telefonos = {linea.etiqueta: linea.extra["telefono"] for linea in cargar(carpeta).ayuda}
    assert telefonos == {
        "Emergencias": "911",
        "Línea de las Mujeres": "079",
        "VIOLETA": "33 1415 1002",
        "Línea de la Vida": "800 911 2000",
        "Línea de Jalisco": "075",
    }


def test_las_efemerides_traen_mes_y_dia(carpeta: Path) -> None:
    fechas = {(e.extra["mes"], e.extra["dia"]) for e in cargar(carpeta).efemeride}
    esperadas = {("3", "8"), ("5", "28"), ("10", "11"), ("10", "15"), ("10", "17"), ("10", "19"), ("11", "25")}
    assert fechas == esperadas | {("", "25")}


def test_una_clave_que_ya_no_esta_se_muestra_tal_cual(carpeta: Path) -> None:
    catalogos = cargar(carpeta)
    assert catalogos.etiqueta("programa", "programa_viejo") == "programa_viejo"
    assert catalogos.etiqueta("efemeride", None) == ""
    with pytest.raises(KeyError):
        catalogos.etiqueta("etiqueta", "M")


def test_copiar_repone_lo_que_falta_y_no_pisa_lo_de_la_oficina(carpeta: Path) -> None:
    (carpeta / "programas.csv").write_text("clave,etiqueta\nrural,Mujeres rurales\n", encoding="utf-8")
    (carpeta / "temas.csv").unlink()
    copiar_iniciales(carpeta)
    catalogos = cargar(carpeta)
    assert catalogos.claves("programa") == ("rural",)
    assert catalogos.claves("tema")


def test_se_lee_lo_que_guarda_una_hoja_de_calculo(carpeta: Path) -> None:
    texto = 'clave;etiqueta\r\nrural;"Campo; y ranchos"\r\n;\r\n'
    (carpeta / "programas.csv").write_bytes(b"\xef\xbb\xbf" + texto.encode())
    assert [(p.clave, p.etiqueta) for p in cargar(carpeta).programa] == [("rural", "Campo; y ranchos")]


def test_el_poa_trae_sus_dieciseis_lineas_en_orden(carpeta: Path) -> None:
    lineas = leer_lineas_poa(carpeta, 2026)
    assert [linea["clave"] for linea in lineas] == [f"M{n}" for n in range(1, 7)] + [f"A{n}" for n in range(1, 11)]
    assert {linea["tipo"] for linea in lineas} == {"meta", "accion"}
    assert all(set(linea) == {"clave", "tipo", "texto"} for linea in lineas)


def test_un_ejercicio_sin_archivo_se_dice(carpeta: Path) -> None:
    with pytest.raises(ErrorCatalogo, match=r"^poa-2031\.csv: no se encontró"):
        leer_lineas_poa(carpeta, 2031)


@pytest.mark.parametrize(
    ("archivo", "contenido", "frase"),
    [
        ("sexo.csv", "clave,etiqueta\nM,Mujer\nX,Otra\n", "sexo.csv, fila 3, columna «clave»: use una de estas: M,"),
        ("sexo.csv", "clave,etiqueta\nM,Mujer\n", "sexo.csv: falta la fila con clave «H»"),
        ("zonas.csv", "clave,etiqueta\nnorte,Norte\n", "zonas.csv: falta la fila con clave «cabecera»"),
        (
            "zonas.csv",
            "clave,etiqueta\ncabecera,a\nz1,b\nz2,c\nz3,d\nz4,e\n",
            "zonas.csv: tiene 5 filas y caben 4",
        ),
        ("temas.csv", "clave,nombre\na,A\n", "temas.csv, fila 1, columna «etiqueta»: la primera fila debe decir"),
        ("temas.csv", "clave,etiqueta\n", "temas.csv: no tiene filas"),
        ("temas.csv", "", "temas.csv, fila 1, columna «clave»"),
        ("temas.csv", "clave,etiqueta\na,A\nb,\n", "temas.csv, fila 3, columna «etiqueta»: está vacía"),
        ("temas.csv", "clave,etiqueta\na,A\na,B\n", "temas.csv, fila 3, columna «clave»: «a» ya está en otra fila"),
        ("temas.csv", "clave,etiqueta\nuno dos,A\n", "temas.csv, fila 2, columna «clave»: use solo letras"),
        ("temas.csv", "clave,etiqueta\na,Uno, dos\n", "temas.csv, fila 2: tiene 3 columnas y deben ser 2"),
        ("temas.csv", 'clave,etiqueta\na,"Uno\n', "temas.csv, fila 2: hay comillas sin cerrar"),
        ("efemerides.csv", "clave,etiqueta,mes,dia\nx,X,2,31\n", "efemerides.csv, fila 2, columna «dia»"),
        (
            "ayuda.csv",
            "clave,nombre,servicio,telefono,horario,propia,verificado_el\na,A,s,,,0,\n",
            "ayuda.csv, fila 2, columna «telefono»",
        ),
        (
            "ayuda.csv",
            "clave,nombre,servicio,telefono,horario,propia,verificado_el\na,A,s,911,,0,ayer\n",
            "ayuda.csv, fila 2, columna «verificado_el»",
        ),
    ],
)
def test_cada_error_dice_archivo_fila_y_columna(carpeta: Path, archivo: str, contenido: str, frase: str) -> None:
    (carpeta / archivo).write_text(contenido, encoding="utf-8")
    with pytest.raises(ErrorCatalogo) as error:
        cargar(carpeta)
    assert str(error.value).startswith(frase)
    assert str(error.value).endswith(".")


def test_un_csv_que_no_es_utf8_dice_como_guardarlo(carpeta: Path) -> None:
    (carpeta / "temas.csv").write_bytes("clave,etiqueta\na,A\nb,Plática\n".encode("latin-1"))
    with pytest.raises(ErrorCatalogo, match=r"temas\.csv, fila 3: .*CSV UTF-8"):
        cargar(carpeta)


@pytest.mark.parametrize("archivo", ARCHIVOS)
def test_un_archivo_que_falta_dice_cual(carpeta: Path, archivo: str) -> None:
    (carpeta / archivo).unlink()
    with pytest.raises(ErrorCatalogo, match="no se encontró") as error:
        cargar(carpeta)
    assert archivo in str(error.value)
