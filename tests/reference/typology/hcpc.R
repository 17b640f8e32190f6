# Clustering on principal components by an outside program: FactoMineR 2.7 under R 4.2.2.
# hcpc_answers.csv and mca_answers.csv: random answers, see hcpc_draw.py and mca_draw.py; no person, no country.
# Run in this folder: Rscript hcpc.R
suppressMessages({library(FactoMineR); library(jsonlite)})
read <- function(file, n) {
  d <- read.csv(file, na.strings = "")
  for (name in names(d)[1:n]) d[[name]] <- factor(paste(name, d[[name]], sep = "."))
  d
}
many <- read("hcpc_answers.csv", 9)
few <- read("mca_answers.csv", 6)
own <- function(x) lapply(x, function(y) if (is.null(y)) NULL else list(names = I(rownames(y)), values = unname(as.matrix(y))))
told <- function(mca, ...) {
  h <- HCPC(mca, graph = FALSE, ...)
  at <- order(as.integer(rownames(h$data.clust)))
  list(members = as.integer(h$data.clust$clust)[at], quotients = h$call$t$quot, gains = h$call$t$inert.gain[1:10],
    number = h$call$t$nb.clust, before = h$call$bw.before.consol, after = h$call$bw.after.consol,
    paragons = lapply(h$desc.ind$para, function(x) list(names = names(x), distance = unname(x))),
    categories = own(h$desc.var$category), quantities = own(h$desc.var$quanti))
}
of_many <- function(ncp, ...) MCA(many[c(paste0("q", 0:8), "hours", "age")], quanti.sup = 10:11, ncp = ncp, graph = FALSE, ...)
of_few <- function(ncp, ...) MCA(few[paste0("q", 1:6)], ncp = ncp, graph = FALSE, ...)
all <- list(proba = 1)
write(toJSON(list(
  automatic = do.call(told, c(list(of_many(5)), all)),
  five = do.call(told, c(list(of_many(8), nb.clust = 5), all)),
  five_tree = told(of_many(8), nb.clust = 5, consol = FALSE),
  six_tree_weighted = told(of_many(6, row.w = many$weight), nb.clust = 6, consol = FALSE),
  small_automatic = do.call(told, c(list(of_few(3)), all)),
  small_two = do.call(told, c(list(of_few(4), nb.clust = 2), all)),
  small_tree_weighted = told(of_few(3, row.w = few$weight), nb.clust = 4, consol = FALSE)
), auto_unbox = TRUE, digits = I(13), null = "null"), "hcpc.json")
