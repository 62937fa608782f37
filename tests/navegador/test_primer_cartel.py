"""Una titular nueva, de ``jornada preparar`` al primer cartel impreso: con puro teclado y sin leer ningún documento.

Se cuentan pantallas, teclas y cuánto hay que leer; los segundos salen de un modelo por teclas, no del reloj.
"""

import io
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from recoleccion import cli
from recoleccion.aplicacion import create_app
from recoleccion.consultas import conexion, eventos
from recoleccion.instalacion import ZONA_HORARIA
from tests.elenco import Reloj
from tests.navegador.servido import servida

USUARIO, CONTRASENA = "rosa", "nopal tren luna"
DIA = datetime(2026, 12, 12, 10, 5, tzinfo=ZONA_HORARIA)
"""La fecha se teclea igual con el día primero o con el mes primero, según el idioma del navegador."""
PANTALLA = {"width": 1366, "height": 650}
"""La de una computadora de oficina de 1366 × 768, sin lo que ocupa el navegador."""
META = 300
POR_TECLA, POR_PENSAR, POR_ESPERAR = 0.28, 1.35, 1.0
"""Segundos del modelo KLM (Card, Moran y Newell, 1980) para quien no teclea de oficio: cada tecla, cada decisión y cada
página que se espera."""
POR_PALABRA = 60 / 278
"""Lectura en silencio, en español (Brysbaert, 2019)."""
PALABRAS_A_LA_VISTA = """(toda) => {
  const textos = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), rango = new Range();
  let palabras = 0;
  for (let nodo = textos.nextNode(); nodo; nodo = textos.nextNode()) {
    const dentro = nodo.parentElement, dice = nodo.data.split(/\\s+/).filter(Boolean);
    if (!dentro.checkVisibility() || dentro.closest('select, datalist, .oculto')) continue;
    rango.selectNodeContents(nodo);
    if (toda || rango.getBoundingClientRect().top < innerHeight) palabras += dice.length;
  }
  return palabras; }"""
"""Lo que se lee sin abrir nada: toda la página, o lo que cabe en la pantalla al llegar."""
DOCUMENTO = Path(__file__).resolve().parents[2] / "recoleccion" / "vistas" / "README.md"


@dataclass
class Teclado:
    """Una persona sin ratón: todo lo que hace se cuenta."""

    pagina: Page
    teclas: int = 0
    decisiones: int = 0
    palabras: int = 0
    pantallas: list[str] = field(default_factory=list)

    def tecla(self, cual: str) -> None:
        self.teclas += 1
        self.pagina.keyboard.press(cual)

    def hasta(self, nombre: str) -> None:
        """Tabula hasta lo que se llama así; una persona lo ve enfocado."""
        self.decisiones += 1
        for _ in range(40):
            self.tecla("Tab")
            if self._enfocado() == nombre:
                return
        raise AssertionError(f"con 40 Tab no se llega a «{nombre}»: va en «{self._enfocado()}»")

    def al_contenido(self) -> None:
        """Lo primero que ofrece cada página: brincar el menú."""
        self.hasta("Ir al contenido")
        self.tecla("Enter")

    def _enfocado(self) -> str:
        dicho: str = self.pagina.evaluate(
            "(({labels, textContent}) => (labels?.[0] ?? {textContent}).textContent)(document.activeElement)"
        )
        return " ".join(dicho.split())

    def escribir(self, texto: str) -> None:
        self.decisiones += 1
        self.teclas += len(texto)
        self.pagina.keyboard.type(texto)

    def entrar(self, titulo: str, *, toda: bool = False) -> None:
        """Enter, y espera la pantalla que se llama así."""
        with self.pagina.expect_navigation():
            self.tecla("Enter")
        self.ve(titulo, toda=toda)

    def ve(self, titulo: str, *, toda: bool = False) -> None:
        """Lee lo que se ve al llegar; un formulario que va a llenar, todo."""
        expect(self.pagina.get_by_role("heading", name=titulo, exact=True)).to_be_visible()
        self.pantallas.append(titulo)
        self.palabras += self.pagina.evaluate(PALABRAS_A_LA_VISTA, toda)

    @property
    def segundos(self) -> float:
        """De quien ya sabe qué busca."""
        return self.teclas * POR_TECLA + self.decisiones * POR_PENSAR + len(self.pantallas) * POR_ESPERAR

    @property
    def leyendo_todo(self) -> float:
        """De quien además lee cada palabra que se le pone enfrente."""
        return self.segundos + self.palabras * POR_PALABRA


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    """Lo que deja la orden, como la teclea quien instala."""
    datos = tmp_path / "oficina"
    hecho = CliRunner().invoke(cli.principal, ["preparar", "--datos", str(datos)], input=f"{USUARIO}\n{CONTRASENA}\n")
    assert hecho.exit_code == 0, hecho.output
    return datos


@pytest.fixture
def sitio(carpeta: Path) -> Iterator[str]:
    with servida(create_app(carpeta, reloj=Reloj(DIA.replace(day=5)))) as direccion:
        yield direccion


def test_una_titular_nueva_llega_sola_a_su_primer_cartel(
    navegador: Browser, sitio: str, carpeta: Path, record_property
) -> None:
    contexto = navegador.new_context(locale="es-MX", viewport=PANTALLA)
    pagina = contexto.new_page()
    ella = Teclado(pagina)
    ella.teclas += len(
        "jornada preparar\n" + f"{USUARIO}\n{CONTRASENA}\n" + "jornada servir\n" + "127.0.0.1:8000/panel\n"
    )
    ella.decisiones += 4
    pagina.goto(f"{sitio}/panel")
    ella.ve("Entrar al panel")
    expect(pagina.get_by_label("Usuario")).to_be_focused()
    ella.escribir(USUARIO)
    ella.hasta("Contraseña")
    ella.escribir(CONTRASENA)
    ella.entrar("Sábado 5 de diciembre")
    ella.al_contenido()
    ella.hasta("Nuevo evento")
    ella.entrar("Nuevo evento", toda=True)
    _llenar(ella)
    ella.entrar("Taller de ahorro")  # el foco se queda en el contenido
    ella.hasta("Imprimir cartel (PDF)")
    cartel = contexto.request.get(pagina.evaluate("document.activeElement.href")).body()
    ella.teclas += 3  # Enter lo abre; Ctrl+P y Enter lo imprimen
    ella.decisiones += 1
    contexto.close()

    _es_su_cartel(cartel, carpeta)
    for que, cuanto in {
        "pantallas": len(ella.pantallas),
        "teclas": ella.teclas,
        "segundos": round(ella.segundos),
        "leyendo todo": round(ella.leyendo_todo),
    }.items():
        record_property(que, cuanto)
        print(f"{que}: {cuanto}")
    assert ella.leyendo_todo < META
    _lo_escrito_es_cierto(ella)


def _llenar(ella: Teclado) -> None:
    ella.al_contenido()
    for nombre, valor in (
        ("Título", "Taller de ahorro"),
        ("Tipo de evento", "Tal"),
        ("Tema", "Auto"),
        ("Fecha", "12122026"),
        ("Empieza", "1000a"),
        ("Termina", "1200p"),
        ("Sede", "Casa de la Cultura"),
        ("Localidad", "Valle"),
        ("Zona", "Cab"),
        ("Programa", "Emp"),
    ):
        ella.hasta(nombre)
        ella.escribir(valor)
    ella.tecla("Enter")  # en una lista no manda: se llega al botón
    ella.hasta("Guardar")


def _es_su_cartel(cartel: bytes, carpeta: Path) -> None:
    with closing(conexion.abrir(carpeta / "privada.db", solo_lectura=True)) as db:
        (evento,) = eventos.listar(db)
    assert (evento["fecha"], evento["hora_inicio"], evento["hora_fin"]) == ("2026-12-12", "10:00", "12:00")
    assert (evento["programa"], evento["tema"], evento["zona"]) == ("empoderamiento", "autonomia", "cabecera")
    texto = pypdf.PdfReader(io.BytesIO(cartel)).pages[0].extract_text()
    assert "Taller de ahorro" in texto
    assert evento["clave"] in texto
    el_dia = create_app(carpeta, reloj=Reloj(DIA)).test_client().get(f"/{evento['clave']}")
    assert el_dia.status_code == 200  # y quien lo escanee ese día se registra


def _lo_escrito_es_cierto(ella: Teclado) -> None:
    """``recoleccion/vistas/README.md`` no promete menos de lo que cuesta, ni mucho más."""
    dicho = re.search(
        r"(\d+) pantallas, (\d+) teclas: (\d+) segundos.*?(\d+) leyendo", DOCUMENTO.read_text("utf-8"), re.S
    )
    assert dicho is not None
    medido = (len(ella.pantallas), ella.teclas, ella.segundos, ella.leyendo_todo)
    assert [abs(int(d) - m) <= 0.1 * m for d, m in zip(dicho.groups(), medido, strict=True)] == [True] * 4, medido
