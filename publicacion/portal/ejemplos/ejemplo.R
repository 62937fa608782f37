library(jsonlite)

base <- "{sitio}/{base}"

leer <- function(tabla, ...) {
  filtros <- c(list("_shape" = "array", "_size" = "max"), list(...))
  valores <- vapply(filtros, function(x) URLencode(as.character(x), reserved = TRUE), "")
  consulta <- paste(names(filtros), valores, sep = "=", collapse = "&")
  fromJSON(paste0(base, "/", tabla, ".json?", consulta))
}

# NA quiere decir «menos de 10 personas o protegida»: no es un cero.
cambios <- leer("cambios_por_pregunta", grupo__exact = "Todas las personas")
vistos <- subset(cambios, !is.na(contestaciones))
print(vistos[, c("lote", "pregunta", "cambio", "contestaciones")])
