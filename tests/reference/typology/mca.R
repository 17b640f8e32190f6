# Multiple correspondence analysis by outside programs: FactoMineR 2.7 and ca 0.71.1 under R 4.2.2.
# mca_answers.csv: random answers, see mca_draw.py; no person, no country.
# Run in this folder: Rscript mca.R
suppressMessages({library(FactoMineR); library(ca); library(jsonlite)})
d <- read.csv("mca_answers.csv", colClasses = c(rep("factor", 7), "numeric", "numeric", "factor", "factor"), na.strings = "")
# Every level carries its question, so that no program has to rename it.
for (name in names(d)[sapply(d, is.factor)]) levels(d[[name]]) <- paste(name, levels(d[[name]]), sep = ".")
questions <- paste0("q", 1:6)
missing <- d[c("q1m", "q2", "q3", "q4m", "q5", "q6")]
for (name in c("q1m", "q4m")) missing[[name]] <- factor(ifelse(is.na(missing[[name]]), paste0(name, ".(missing)"), as.character(missing[[name]])))
own <- function(x) list(names = rownames(x), values = unname(as.matrix(x)))
few <- 1:40 # of the persons these are kept
told <- function(x) {
  kept <- list(eigenvalues = unname(x$eig[, 1]), coordinate = own(x$var$coord), contribution_pct = own(x$var$contrib),
    cos2 = own(x$var$cos2), v_test = own(x$var$v.test), eta2 = own(x$var$eta2), persons = unname(x$ind$coord[few, ]),
    persons_contribution_pct = unname(x$ind$contrib[few, ]), persons_cos2 = unname(x$ind$cos2[few, ]))
  if (!is.null(x$quali.sup)) kept <- c(kept, list(other_coordinate = own(x$quali.sup$coord),
    other_cos2 = own(x$quali.sup$cos2), other_v_test = own(x$quali.sup$v.test), other_eta2 = own(x$quali.sup$eta2)))
  if (!is.null(x$quanti.sup)) kept$correlation <- unname(x$quanti.sup$coord[1, ])
  if (!is.null(x$ind.sup)) kept$projected <- unname(x$ind.sup$coord)
  kept
}
fit <- function(data, ...) told(MCA(data, ncp = 3, graph = FALSE, ...))
described <- d[c(questions, "region", "hours")]
sup <- list(quali.sup = 7, quanti.sup = 8)
last <- 141:160
of_ca <- function(lambda) {
  x <- mjca(d[questions], lambda = lambda, nd = 3)
  list(eigenvalues = x$sv^2, pct = 100 * x$inertia.e, total = x$inertia.t, names = sub(".*:", "", x$levelnames),
    coordinate = unname(x$colpcoord[, 1:3]))
}
write(toJSON(list(
  plain = do.call(fit, c(list(described), sup)),
  weighted = do.call(fit, c(list(described), sup, list(row.w = d$weight))),
  projected = fit(described[c(1:6)], ind.sup = last),
  specific = fit(d[questions], excl = c("q3.b", "q6.y")),
  specific_weighted = fit(d[questions], excl = c("q3.b", "q6.y"), row.w = d$weight),
  missing = fit(missing, excl = c("q1m.(missing)", "q4m.(missing)")),
  burt = do.call(fit, c(list(described), sup, list(method = "Burt"))),
  ca = list(indicator = of_ca("indicator"), burt = of_ca("Burt"), adjusted = of_ca("adjusted"))
), auto_unbox = TRUE, digits = I(13)), "mca.json")
