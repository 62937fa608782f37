"""La parte del catálogo de ``errores.py`` que habla de entrar, de nombres, de respaldos y de derechos.

Código: qué pasó, qué hacer y con qué estado HTTP se contesta.
"""

SEGURIDAD: dict[str, tuple[str, str, int]] = {
    # Entrar
    "llevado_ilegible": (
        "Lo que se había quedado a medias ya no se puede seguir.",
        "Abra la página otra vez y repita lo que hacía.",
        400,
    ),
    "sesion_no_esta": (
        "Esa sesión ya no está abierta.",
        "No hay nada que cerrar: vea la lista otra vez en «Sesiones».",
        404,
    ),
    "entrada_ocupada": (
        "Hay muchos queriendo entrar a la vez, y su contraseña no se probó.",
        "Inténtelo otra vez en unos segundos. Desde donde ya había entrado casi no se espera.",
        429,
    ),
    "contrasena_comun": (
        "Esa contraseña es de las que se prueban primero.",
        "Ponga otra: cuatro palabras sueltas se recuerdan bien y nadie las adivina.",
        422,
    ),
    "llevado_de_otra": (
        "Lo que se quedó a medias es de otra cuenta.",
        "Entre con esa cuenta para seguirlo, o empiece de nuevo.",
        403,
    ),
    "muchos_numeros": (
        "Hubo varios números o códigos equivocados.",
        "Espere {espera}, o entre desde donde ya había entrado.",
        429,
    ),
    "llave_acceso_no_vale": (
        "La llave de acceso no se pudo dar de alta, y no se cambió nada.",
        "Regrese a «Mi entrada», recargue la página e inténtelo otra vez.",
        422,
    ),
    "numero_vencido": (
        "La página del número llevaba mucho tiempo abierta, y no se cambió nada.",
        "Regrese a «Mi entrada» y empiece otra vez: la aplicación va a escanear otro código.",
        422,
    ),
    "codigos_cambiados": (
        "Esos códigos ya no son los suyos.",
        "Regrese a «Mi entrada» y pida otros.",
        409,
    ),
    "llave_acceso_repetida": (
        "Esa llave de acceso ya está dada de alta.",
        "Use otro aparato, o déjela como está.",
        409,
    ),
    "muchas_llaves_acceso": (
        "Una cuenta puede tener {cuantas} llaves de acceso.",
        "Quite una que ya no use y repita.",
        409,
    ),
    # La llave de la oficina
    "llave_sin_nadie": (
        "Es la única frase que abre los nombres; no se quitó.",
        "Dé antes su frase a otra titular, o cambie la llave.",
        409,
    ),
    "llave_girando": (
        "La llave ya se está cambiando.",
        "Espere a que termine; se puede ver en «Llave de nombres».",
        409,
    ),
    # Derechos ARCO y conservación
    "arco_no_existe": (
        "Esa solicitud no existe.",
        "Búsquela por su folio en «Derechos ARCO».",
        404,
    ),
    "arco_registro_ajeno": (
        "Ese registro no está entre los de la solicitud, o ya no dice quién es.",
        "Búsquela otra vez y márquelo. No se cambió nada.",
        409,
    ),
    "arco_sin_cuaderno": (
        "Ese nombre ahora no se puede leer, así que no se cambió.",
        "Falta su llave: pida a quien cuida la computadora que corra «jornada cuaderno» y repita.",
        409,
    ),
    "arco_ya_no": (
        "La solicitud ya va en otra etapa y no se cambió.",
        "Regrese a ella y vea en cuál.",
        409,
    ),
    "acta_no_existe": ("Esa acta no existe.", "Búsquela en «Nombres».", 404),
    # Respaldos
    "falta_llave_de_respaldos": (
        "Todavía no hay llave de respaldos: sin ella no se puede sellar ninguno.",
        "Hágala una vez con «jornada respaldar --nueva-llave», imprima la hoja y guárdela fuera de la oficina.",
        409,
    ),
    "hay_llave_de_respaldos": (
        "Esta oficina ya tiene llave de respaldos y no se tocó.",
        "Si perdió la hoja, haga otra con «jornada respaldar --nueva-llave --cambiar» y respalde de inmediato.",
        409,
    ),
    "palabras_de_respaldo_mal": (
        "{cual} Eso no abre ningún respaldo.",
        "Copie de la hoja las doce palabras, o el AGE-SECRET-KEY completo.",
        422,
    ),
    "respaldo_de_otra_llave": (
        "El archivo «{archivo}» se selló con otra hoja.",
        "Busque la hoja que estaba vigente el día que se hizo. No se cambió nada.",
        422,
    ),
    "falta_cuaderno": (
        "Al lado del respaldo falta «{archivo}», y sin él los nombres no se abren.",
        "Cópielo a la misma carpeta. O repita con --sin-nombres: todo lo demás vuelve, y esos nombres se pierden.",
        422,
    ),
    "respaldo_en_curso": ("Ya se está haciendo un respaldo.", "Espere a que termine.", 409),
    "no_hay_anterior": (
        "No hay una copia de antes de actualizar.",
        "Use un respaldo: jornada restaurar ARCHIVO.",
        404,
    ),
}
